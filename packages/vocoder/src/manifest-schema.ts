import { BUNDLE_FORMAT, SEALED_FORMAT } from './manifest.js';

const count = { type: 'integer', minimum: 1 };
const share = { type: 'number', minimum: 0 };

/**
 * JSON Schema (draft 7) of `bundle.json`. How it must agree with the other files, only `openBundle` checks. Unknown
 * keys are allowed.
 */
export const manifestSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'HiFi-GAN bundle',
  type: 'object',
  required: ['format', 'weights', 'mel', 'golden', 'files'],
  if: { properties: { format: { minimum: SEALED_FORMAT } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so
  then: { required: ['sha256'] },
  properties: {
    format: { type: 'integer', minimum: 2, maximum: BUNDLE_FORMAT },
    weights: {
      type: 'object',
      required: ['precision'],
      properties: {
        precision: { enum: ['float16', 'float32'] },
        rounding: {
          type: 'object',
          required: ['max'],
          properties: { max: share, mean: share },
          description: 'how far the output moved when the weights were rounded, of its peak',
        },
      },
    },
    mel: {
      type: 'object',
      required: [
        ...['samplingRate', 'fftSize', 'hopSize', 'windowSize', 'framing', 'mels', 'fmin', 'fmax'],
        ...['filterbank', 'bands', 'magnitude', 'log', 'floor', 'floorBy'],
      ],
      properties: {
        samplingRate: { type: 'number', exclusiveMinimum: 0, description: 'Hz' },
        fftSize: count,
        hopSize: { ...count, description: 'samples from one frame to the next' },
        windowSize: count,
        framing: { enum: ['hop', 'centred'] },
        preemphasis: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        mels: count,
        fmin: { type: 'number', minimum: 0, description: 'Hz' },
        fmax: {
          type: ['number', 'null'],
          exclusiveMinimum: 0,
          description: 'Hz; null is half the sampling rate',
        },
        filterbank: { enum: ['slaney', 'htk'] },
        bands: { enum: ['area', 'peak'] },
        magnitude: { enum: ['amplitude', 'power'] },
        guard: { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        log: { enum: ['natural', 'log10', 'decibel', 'none'] },
        floor: share,
        floorBy: { enum: ['clamp', 'add'] },
        normalisation: {
          type: 'object',
          required: ['kind'],
          properties: { kind: { enum: ['range', 'statistics', 'peak'] } },
        },
      },
      description: 'the mel that the generator speaks',
    },
    golden: {
      type: 'object',
      required: ['frames', 'samples', 'tolerance', 'engine'],
      properties: {
        frames: count,
        samples: count,
        tolerance: {
          type: 'number',
          exclusiveMinimum: 0,
          exclusiveMaximum: 1,
          description: 'largest difference that is none, of the peak of the output',
        },
        engine: { type: 'string', description: 'what computed the output' },
      },
    },
    files: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['bytes', 'sha256'],
        properties: {
          bytes: { type: 'integer', minimum: 0 },
          sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
        },
      },
      description: 'every other file of the bundle, by name',
    },
    sha256: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'of all else in here: its JSON, keys in alphabetical order, without spaces',
    },
  },
} as const;
