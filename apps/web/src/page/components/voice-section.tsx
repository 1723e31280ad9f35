import type { SessionProps } from './app.js';
import { FileButton } from './file-button.js';
import { Notices } from './notices.js';

/** The model that speaks. */
export function VoiceSection({ session }: SessionProps) {
  const voice = session.voice.value;
  const { value: busy } = session.busy;
  const { value: waiting } = session.waiting;
  const isOpening = busy === 'voice' || waiting.has('voice');
  const isChanging = busy === 'engine' || waiting.has('engine');
  return (
    <section aria-labelledby="voice-title" aria-busy={isOpening || isChanging}>
      <h2 id="voice-title">Voice</h2>
      {voice && isOpening && <p>Opening another…</p>}
      {voice && isChanging && <p>Changing the engine…</p>}
      {voice ? (
        <>
          <p>
            <strong>{voice.title}</strong>
            {session.isPackagedVoice.value && ' (packaged)'}: {voice.samplingRate} Hz, {voice.mels}{' '}
            bands, hop {voice.hopSize}; {voice.engineDetail}
          </p>
          <Notices notices={voice.notices} />
          {voice.card && (
            <details>
              <summary>About it</summary>
              <dl>
                {Object.entries(voice.card)
                  .filter(([, value]) => typeof value !== 'object')
                  .map(([key, value]) => (
                    <div key={key}>
                      <dt>{key}</dt>
                      <dd>{String(value)}</dd>
                    </div>
                  ))}
              </dl>
            </details>
          )}
        </>
      ) : (
        <p>{session.busy.value === undefined ? 'There is none.' : 'Loading…'}</p>
      )}
      <p class="hint">
        Another: a bundle, a .pth of HiFi-GAN with its config.json, safetensors, or a folder of
        transformers’. Drop its files together, or choose them.
      </p>
      <div class="row">
        <FileButton multiple onFiles={(files) => void session.openVoice({ files })}>
          Choose model files…
        </FileButton>
        <FileButton folder onFiles={(files) => void session.openVoice({ files })}>
          Choose a folder…
        </FileButton>
        {(!session.isPackagedVoice.value || (!voice && session.busy.value === undefined)) && (
          <button type="button" onClick={() => void session.packagedVoice()}>
            Packaged voice
          </button>
        )}
      </div>
    </section>
  );
}
