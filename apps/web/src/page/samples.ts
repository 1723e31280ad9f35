/** Recordings that lie beside the page, to try at a click. */
export const samples: readonly { readonly file: string; readonly language: string }[] = [
  { file: 'en-vm-review.wav', language: 'English' },
  { file: 'es-vm-intro.wav', language: 'Español' },
  { file: 'fr-vm-review.wav', language: 'Français' },
  { file: 'it-vm-record-prepend.wav', language: 'Italiano' },
  { file: 'ru-vm-review.wav', language: 'Русский' },
];
