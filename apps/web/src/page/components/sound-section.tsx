import { useRef } from 'preact/hooks';
import { samples } from '../samples.js';
import type { SessionProps } from './app.js';
import { FileButton } from './file-button.js';
import { Notices } from './notices.js';

/** The sound that is spoken: where it comes from, or which it is. */
export function SoundSection({ session }: SessionProps) {
  const input = session.input.value;
  const recording = session.recording.seconds.value;
  const opening = session.busy.value === 'input' || session.waiting.value.has('sound');
  const ready = session.voice.value !== undefined;
  const section = useRef<HTMLElement>(null);
  return (
    <section ref={section} tabIndex={-1} aria-labelledby="sound-title" aria-busy={opening}>
      <h2 id="sound-title">Sound</h2>
      {input ? (
        <p>
          <strong>{input.name}</strong>: {input.kind}, {input.seconds.toFixed(2)} s, {input.frames}{' '}
          {input.frames === 1 ? 'frame' : 'frames'}
          {session.unsaved.value && ' — not saved anywhere yet'}
        </p>
      ) : (
        <p>
          Drop a recording (WAV, MP3, FLAC, Ogg) or a mel spectrogram (.npy) anywhere on this page,
          or begin with one of these:
        </p>
      )}
      <Notices notices={input?.notices ?? []} />
      {opening && <p data-testid="opening">Opening a sound… (Esc ends it)</p>}
      <fieldset class="row" aria-label="Samples">
        {samples.map(({ file, language }) => (
          <button
            key={file}
            type="button"
            disabled={!ready}
            aria-pressed={input?.name === file}
            onClick={() =>
              void session.openInput({
                url: new URL(`samples/${file}`, document.baseURI).href,
                name: file,
              })
            }
          >
            {language}
          </button>
        ))}
      </fieldset>
      <div class="row">
        <FileButton
          accept=".wav,.mp3,.flac,.ogg,.oga,.opus,.npy,audio/*"
          onFiles={(files) => void session.openFiles(files)}
        >
          {input ? 'Replace…' : 'Choose a file…'}
        </FileButton>
        {recording === undefined ? (
          <button type="button" disabled={!ready} onClick={() => void session.record()}>
            Record
          </button>
        ) : (
          <button type="button" class="hot" onClick={() => void session.recording.stop()}>
            Stop recording ({recording.toFixed(1)} s)
          </button>
        )}
        {input && (
          <button
            type="button"
            onClick={() => {
              void session.remove();
              // The button goes, and its focus would with it.
              section.current?.focus();
            }}
          >
            Remove
          </button>
        )}
      </div>
    </section>
  );
}
