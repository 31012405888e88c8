/**
 * Counts milliseconds in which the process ran: on a machine with other work it gets no time at all for a while, which is
 * no fault of what is measured.
 */
export class Ticks implements Disposable {
  count = 0;
  readonly #timer = setInterval(() => this.count++, 1);

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** How a call ended, and how many ticks after its time-out: minus infinity when it ended before. */
export async function endingOf(call: Promise<unknown>, timeout: number, ticks: Ticks) {
  let due = Number.POSITIVE_INFINITY;
  const timer = setTimeout(() => {
    due = ticks.count;
  }, timeout);
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason ?? "nothing",
  );
  clearTimeout(timer);
  return { error, late: ticks.count - due };
}
