import type { ConfigFile } from '../config/schema.ts';
import type { HostLimits } from '../net/limits.ts';

/** The `hosts` of the configuration in the network's words; what is not said there is left to its own table. */
export function hostLimits(hosts: ConfigFile['hosts']): HostLimits {
  const limits = Object.entries(hosts ?? {}).map(
    ([host, { rate, spacing_ms: minSpacingMs, concurrency }]) => {
      const own = {
        ...(rate === undefined ? {} : { perMinute: rate }),
        ...(minSpacingMs === undefined ? {} : { minSpacingMs }),
        ...(concurrency === undefined ? {} : { concurrency }),
      };
      return [host.toLowerCase(), own] as const;
    },
  );
  return Object.fromEntries(limits);
}
