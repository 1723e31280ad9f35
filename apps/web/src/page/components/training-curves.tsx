import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TrainingPicture, TrainingPictureRequest } from '../../protocol.js';
import { Painter, PICTURE_HEIGHT, sizeOf } from '../painter.js';
import { trainingWords } from '../training-words.js';
import type { TrainingProps } from './train-section.js';

/** Losses over steps, drawn by the Worker. */
export function TrainingCurves({ training }: TrainingProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [{ low, high }, setPicture] = useState<Partial<TrainingPicture>>({});
  useEffect(() => {
    const element = canvas.current!;
    const painter = new Painter(
      element,
      (size: TrainingPictureRequest) => training.picture(size),
      setPicture,
    );
    const want = () => painter.want(sizeOf(element));
    const observer = new ResizeObserver(want);
    observer.observe(element);
    const stop = effect(() => {
      void training.facts.value;
      want();
    });
    return () => {
      stop();
      observer.disconnect();
      painter.end();
    };
  }, [training]);
  const facts = training.facts.value;
  return (
    <figure>
      <figcaption>
        Mel loss by step: of each batch (thin), of held-out pieces of the recordings (thick)
      </figcaption>
      <div class="picture curves">
        <canvas
          ref={canvas}
          height={PICTURE_HEIGHT}
          role="img"
          aria-label={`Curves of the loss: ${facts ? trainingWords(facts) : ''}`}
          data-picture="training"
        />
        {low !== undefined && high !== undefined && (
          <ol class="ticks" aria-hidden="true">
            {[low, (low + high) / 2, high].map((value, index) => (
              <li key={index} style={{ bottom: `${[3, 50, 92][index]}%` }}>
                {value.toFixed(2)}
              </li>
            ))}
          </ol>
        )}
      </div>
    </figure>
  );
}
