import { hovering } from '../drops.js';
import type { LiveSession } from '../live-session.js';
import type { Session } from '../session.js';
import type { TrainingSession } from '../training-session.js';
import { EditorSection } from './editor-section.js';
import { Footer } from './footer.js';
import { Header } from './header.js';
import { LiveSection } from './live-section.js';
import { Measures } from './measures.js';
import { Messages } from './messages.js';
import { Pictures } from './pictures.js';
import { PlayerBar } from './player-bar.js';
import { SaveSection } from './save-section.js';
import { SoundSection } from './sound-section.js';
import { TrainSection } from './train-section.js';
import { VoiceSection } from './voice-section.js';

export interface SessionProps {
  readonly session: Session;
}

export interface AppProps extends SessionProps {
  readonly live: LiveSession;
  readonly training: TrainingSession;
}

/** The whole page. */
export function App({ session, live, training }: AppProps) {
  const hasInput = session.input.value !== undefined;
  return (
    <div class={hovering.value ? 'page hovering' : 'page'}>
      <Header session={session} />
      <main>
        <Messages session={session} />
        <div class="columns">
          <SoundSection session={session} />
          <VoiceSection session={session} />
        </div>
        {hasInput && (
          <>
            <PlayerBar session={session} />
            <Pictures session={session} />
            <div class="columns">
              <Measures session={session} />
              <SaveSection session={session} />
            </div>
            <EditorSection session={session} />
          </>
        )}
        <LiveSection session={session} live={live} />
        <TrainSection session={session} training={training} />
      </main>
      <Footer />
    </div>
  );
}
