/** Recordings that lie beside the page, to try at a click. */
export const samples: readonly { readonly file: string; readonly language: string }[] = [
  { file: 'en-vm-review.flac', language: 'English' },
  { file: 'es-vm-intro.flac', language: 'Español' },
  { file: 'fr-vm-review.flac', language: 'Français' },
  { file: 'it-vm-record-prepend.flac', language: 'Italiano' },
  { file: 'ru-vm-review.flac', language: 'Русский' },
];
