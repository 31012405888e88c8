/** The middle one, which a few disturbed measurements do not move. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError("there is no median of nothing");
  return (low + high) / 2;
}

/**
 * Measures each of several things once a round, one straight after the other, so that whatever else the machine
 * does disturbs all of them alike. Every second round goes backwards: coming first is no advantage.
 */
export async function inTurns<Name extends string>(
  rounds: number,
  measurements: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(measurements) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name].push(await measurements[name]());
    }
  }
  return results;
}

/** How two things that were measured in turns compare: the median of the rounds' quotients. */
export function ratio(ours: readonly number[], baseline: readonly number[]): number {
  return median(ours.map((value, round) => value / (baseline[round] ?? Number.NaN)));
}

/** The same as a difference. */
export function difference(ours: readonly number[], baseline: readonly number[]): number {
  return median(ours.map((value, round) => value - (baseline[round] ?? Number.NaN)));
}
