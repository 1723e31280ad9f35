import type { Session } from './session.js';

/**
 * Has the build kept for use without a network. The service worker also sends the headers that plain static hosts do not,
 * which only a page that was loaded through it has: so a first visit is loaded once more, where nothing would be lost.
 */
export async function registerServiceWorker(session: Session): Promise<void> {
  const { serviceWorker: container } = navigator;
  if (!container) return;
  const wasControlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    if (wasControlled) {
      if (updating) location.reload();
      return;
    }
    session.status.value = 'The studio works offline from now on.';
    if (crossOriginIsolated) return;
    if (!session.touched.value) location.reload();
    else session.messages.tell('notice', 'Reload the page to compute on all processors.');
  });
  let updating = false;
  try {
    const registration = await container.register('./service-worker.js', {
      updateViaCache: 'none',
    });
    const offer = (worker: ServiceWorker) => {
      session.update.value = () => {
        updating = true;
        worker.postMessage('take over');
      };
    };
    if (registration.waiting && wasControlled) offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => {
        if (installing.state === 'installed' && wasControlled) offer(installing);
      });
    });
  } catch (error) {
    session.messages.tell(
      'notice',
      `The studio cannot be kept for offline use here: ${(error as Error).message}`,
    );
  }
}
