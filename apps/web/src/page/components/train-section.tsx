import { audioExtensions } from '@hifigan/codecs';
import type { TrainingSession } from '../training-session.js';
import { trainingWords } from '../training-words.js';
import { ActionButton } from './action-button.js';
import type { SessionProps } from './app.js';
import { FileButton } from './file-button.js';
import { TrainingCurves } from './training-curves.js';

export interface TrainingProps {
  readonly training: TrainingSession;
}

/** The voice learns from the visitor's recordings. */
export function TrainSection({ session, training }: SessionProps & TrainingProps) {
  const files = training.files.value;
  const facts = training.facts.value;
  const isOn = training.isOn.value;
  const voice = session.voice.value;
  const canPack = training.hasLearned.value && !training.packing.value;
  return (
    <section aria-labelledby="train-title" data-drops="training">
      <details>
        <summary>
          <h2 id="train-title">Train</h2>
        </summary>
        <p class="hint">
          Fine-tunes the present voice for some minutes on recordings of yours: drop them here, ten
          seconds together at least. It learns by comparing spectra alone, without the
          discriminators that make a voice sound natural: those need hours, and a large graphics
          processor.
        </p>
        <p>{files.length > 0 ? files.map(({ name }) => name).join(', ') : 'No recordings yet.'}</p>
        <div class="row">
          <FileButton
            multiple
            accept={`${audioExtensions.join(',')},audio/*`}
            onFiles={(chosen) => training.add(chosen)}
          >
            Choose recordings…
          </FileButton>
          <ActionButton can={!isOn && files.length > 0} onAct={() => training.clear()}>
            Remove all
          </ActionButton>
          {isOn ? (
            <>
              {training.state.value === 'paused' ? (
                <ActionButton can onAct={() => training.resume()}>
                  Resume training
                </ActionButton>
              ) : (
                <ActionButton
                  can={training.state.value === 'training'}
                  onAct={() => training.pause()}
                >
                  Pause training
                </ActionButton>
              )}
              <button type="button" class="hot" onClick={() => training.stop()}>
                Stop training
              </button>
            </>
          ) : (
            <ActionButton
              can={
                voice !== undefined &&
                voice.engine !== 'cpu' &&
                files.length > 0 &&
                !training.packing.value
              }
              onAct={() => training.start()}
            >
              {facts ? 'Train anew' : 'Train'}
            </ActionButton>
          )}
        </div>
        {voice?.engine === 'cpu' && <p>Plain JavaScript is too slow: take another engine.</p>}
        <p role="status">{training.outcome.value}</p>
        {facts && (
          <>
            <TrainingCurves training={training} />
            <p data-testid="training">{trainingWords(facts)}</p>
            <div class="row">
              <ActionButton can={canPack} onAct={() => training.listen()}>
                Listen
              </ActionButton>
              {training.isHeard.value && (
                <button type="button" onClick={() => void training.takeBack()}>
                  Take the former voice back
                </button>
              )}
              <ActionButton can={canPack} onAct={() => training.save()}>
                Save the bundle
              </ActionButton>
            </div>
            <p class="hint">
              Listen makes what was learned so far the studio’s voice. The bundle is a folder for
              the command line: unpack it, and name it with --checkpoint.
            </p>
          </>
        )}
      </details>
    </section>
  );
}
