import { KEYS, keysOn } from '../keys.js';

export function Footer() {
  return (
    <footer>
      <details>
        <summary>Keys</summary>
        <label>
          <input
            type="checkbox"
            checked={keysOn.value}
            onChange={({ currentTarget }) => {
              keysOn.value = currentTarget.checked;
            }}
          />{' '}
          Single keys work
        </label>
        <dl>
          {KEYS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </details>
      <p class="hint">
        Licences: <a href="./voice/LICENSE.txt">voice</a>,{' '}
        <a href="./samples/LICENSE.txt">samples</a>, <a href="./licences.txt">programs</a>.{' '}
        {crossOriginIsolated ? 'Isolated: threads can share memory.' : 'Not isolated: one thread.'}
      </p>
    </footer>
  );
}
