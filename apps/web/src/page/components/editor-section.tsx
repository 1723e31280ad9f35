import { GAIN_KNOTS, isEdited, NO_EDITS } from '../../mel/edit-mel.js';
import type { MelEdits } from '../../protocol.js';
import { ActionButton } from './action-button.js';
import type { SessionProps } from './app.js';

/** Changes the mel before the voice speaks it, to hear what a mel carries. */
export function EditorSection({ session }: SessionProps) {
  const edits = session.edits.value;
  const set = (change: Partial<MelEdits>) => {
    session.edits.value = { ...edits, ...change };
  };
  const changed = session.spoken.value !== undefined && session.spoken.value.edits !== edits;
  return (
    <section aria-labelledby="editor-title">
      <details>
        <summary>
          <h2 id="editor-title">Mel editor</h2>
        </summary>
        <p class="hint">
          The voice speaks the changed mel. A mel has no phases, so that length changes without
          pitch; shifting moves formants with the harmonics, so that it becomes another throat’s.
        </p>
        <fieldset>
          <legend>Gain by band, from low to high (dB)</legend>
          <div class="gains">
            {Array.from({ length: GAIN_KNOTS }, (_, knot) => (
              <Slider
                key={knot}
                title={`Band ${knot + 1}`}
                shown={`${edits.gains[knot]} dB`}
                value={edits.gains[knot]}
                {...{ min: -24, max: 24, step: 1 }}
                onValue={(value) =>
                  set({ gains: edits.gains.map((gain, at) => (at === knot ? value : gain)) })
                }
              />
            ))}
          </div>
        </fieldset>
        <Slider
          title="Length"
          shown={`${Math.round(100 * edits.stretch)} %`}
          value={edits.stretch}
          {...{ min: 0.5, max: 2, step: 0.05 }}
          onValue={(stretch) => set({ stretch })}
        />
        <Slider
          title="Shift"
          shown={`${edits.shift} semitones`}
          value={edits.shift}
          {...{ min: -12, max: 12, step: 1 }}
          onValue={(shift) => set({ shift })}
        />
        <div class="row">
          <ActionButton can={changed} onAct={() => session.speak()}>
            Speak the changed mel
          </ActionButton>
          <ActionButton
            can={isEdited(edits)}
            onAct={() => {
              session.edits.value = NO_EDITS;
            }}
          >
            Undo all
          </ActionButton>
        </div>
      </details>
    </section>
  );
}

interface SliderProps {
  readonly title: string;
  readonly shown: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onValue: (value: number) => void;
}

function Slider({ title, shown, onValue, ...range }: SliderProps) {
  return (
    <label class="slider">
      <span>{title}</span>
      <input
        type="range"
        {...range}
        aria-valuetext={shown}
        onInput={({ currentTarget }) => onValue(currentTarget.valueAsNumber)}
      />
      <output>{shown}</output>
    </label>
  );
}
