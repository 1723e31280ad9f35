/** The part of jsfive that is used; it brings no types. */
declare module 'jsfive' {
  export class File {
    constructor(bytes: ArrayBuffer, name: string);
    get(name: string): unknown;
  }
}
