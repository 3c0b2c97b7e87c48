import { useEffect, useState } from 'preact/hooks';

/** Time a notice stays, in milliseconds. */
const NOTICE = 2600;

/** A few words that pass. */
export function useNotice(): [string, (words: string) => void] {
  const [notice, setNotice] = useState('');
  useEffect(() => {
    if (notice === '') return undefined;
    const timer = setTimeout(() => setNotice(''), NOTICE);
    return () => clearTimeout(timer);
  }, [notice]);
  return [notice, setNotice];
}
