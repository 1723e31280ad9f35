import { type Scheme, winogradScheme } from './schemes.js';

export interface SchemeQuestion {
  readonly taps: number;
  readonly stride: number;
  /** Of a group. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** Whether the plain sum of products was asked for. */
  readonly exact: boolean;
}

/** How a convolution is computed fastest. */
export function chooseScheme({ taps, stride, exact }: SchemeQuestion): Scheme {
  return exact || stride !== 1 ? 'direct' : winogradScheme(taps);
}
