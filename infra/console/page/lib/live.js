import { useEffect, useState } from 'preact/hooks';

/** @typedef {import('./api.js').Snapshot} Snapshot */

/**
 * The latest state of the stack, and the current time in Unix milliseconds, with which ages grow. The browser reconnects
 * automatically.
 */
export function useLive() {
  const [snapshot, setSnapshot] = useState(/** @type {Snapshot | undefined} */ (undefined));
  const [isConnected, setConnected] = useState(false);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    const source = new EventSource('api/live');
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    source.onmessage = ({ data }) => {
      /** @type {Snapshot | null} */
      const latest = JSON.parse(data);
      setConnected(latest !== null);
      if (latest !== null) setSnapshot(latest);
    };
    return () => {
      source.close();
      clearInterval(timer);
    };
  }, []);
  return { snapshot, isConnected, now };
}
