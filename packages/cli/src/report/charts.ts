import type { Chart, Series } from './chart.js';
import type { RunHistory } from './run-history.js';
import type { ThinnedCurve } from './thinned-curve.js';

/** Charts whose curves are named one by one. */
const NAMED: readonly {
  readonly title: string;
  readonly curves: Readonly<Record<string, string>>;
}[] = [
  {
    title: 'Mel error',
    curves: { mel_spec_error: 'training', validation_mel_spec_error: 'validation' },
  },
  { title: 'Generator, all losses', curves: { gen_loss_total: 'generator' } },
  { title: 'Discriminators, all losses', curves: { disc_loss_total: 'discriminators' } },
  {
    title: 'Learning rate',
    curves: { learning_rate: 'generator', discriminator_learning_rate: 'discriminators' },
  },
  { title: 'Steps a second', curves: { steps_per_second: 'steps/s' } },
  { title: 'Seconds of audio a second', curves: { audio_seconds_per_second: 's/s' } },
  {
    title: 'Waiting for data, seconds a step',
    curves: { data_wait_mean_seconds: 'mean', data_wait_max_seconds: 'longest' },
  },
];

/** Charts of groups: the names within begin with this. */
const GROUPED: readonly { readonly title: string; readonly prefix: string }[] = [
  { title: 'Discriminators, by network', prefix: 'losses/disc_' },
  { title: 'Generator before the discriminators', prefix: 'losses/gen_' },
  { title: 'Feature matching', prefix: 'losses/feature_' },
  { title: 'Distance of magnitudes', prefix: 'losses/magnitude' },
  { title: 'Discriminators, by period', prefix: 'details/disc_mpd_' },
  { title: 'Discriminators, by scale', prefix: 'details/disc_msd_' },
  { title: 'Generator before each period', prefix: 'details/gen_mpd_' },
  { title: 'Generator before each scale', prefix: 'details/gen_msd_' },
  { title: 'Feature matching, by period', prefix: 'details/feature_mpd_' },
  { title: 'Feature matching, by scale', prefix: 'details/feature_msd_' },
  { title: 'Norm of the gradients, before clipping', prefix: 'gradient_norms/' },
  { title: 'Memory, bytes', prefix: 'memory/' },
];

const MEASURES = 'measures/';

/** What of a history is drawn: a chart for each kind of curve that it has. */
export function chartsOf({ curves, comparable, overOtherClips }: RunHistory): Chart[] {
  const named = NAMED.map(({ title, curves: names }) => ({
    title,
    series: Object.entries(names).flatMap(([key, name]) => seriesOf(name, key)),
  }));
  const grouped = GROUPED.map(({ title, prefix }) => ({
    title,
    series: within(prefix).flatMap((key) => seriesOf(key.slice(key.indexOf('/') + 1), key)),
  }));
  // Each has a scale of its own.
  const measures = within(MEASURES).map((key) => {
    const name = key.slice(MEASURES.length);
    return { title: `Validation: ${name}`, series: seriesOf(name, key) };
  });
  const [mel, generator, discriminators, ...rest] = named;
  const validation = {
    title: 'Validation: mel error',
    series: [
      ...drawn('mel error', comparable),
      ...overOtherClips.flatMap((curve) =>
        drawn(`other clips, until step ${curve.last?.step.toLocaleString('en')}`, curve),
      ),
    ],
  };
  const losses = grouped.slice(0, -2);
  const all = [mel, validation, ...measures, generator, discriminators, ...losses];
  return [...all, ...grouped.slice(-2, -1), ...rest, ...grouped.slice(-1)].filter(
    ({ series }) => series.length > 0,
  );

  function within(prefix: string): string[] {
    return [...curves.keys()].filter((key) => key.startsWith(prefix));
  }

  function seriesOf(name: string, key: string): Series[] {
    return drawn(name, curves.get(key));
  }
}

function drawn(name: string, curve: ThinnedCurve | undefined): Series[] {
  return curve && curve.points.length > 0 ? [{ name, curve }] : [];
}
