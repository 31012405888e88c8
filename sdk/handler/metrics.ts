/** What a handler has done since it began, and how Prometheus reads it. */
export class Metrics {
  started = 0;
  failed = 0;
  extended = 0;
  ended = 0;
  left = 0;
  trouble = 0;
  readonly messages = { accepted: 0, refused: 0 };
  readonly completed = { CONTINUE: 0, ABANDON: 0 };
  /** Seconds that were left at completions, together. */
  #timeLeft = 0;

  /** `left`: milliseconds until the deadline. */
  complete(result: "CONTINUE" | "ABANDON", left: number): void {
    this.completed[result]++;
    this.#timeLeft += left / 1000;
  }

  /** The text format of Prometheus. */
  text({ hanging, working }: { readonly hanging: number; readonly working: number }): string {
    const { CONTINUE, ABANDON } = this.completed;
    const count = CONTINUE + ABANDON;
    return [
      family("messages_total", "counter", "Messages by whether they were accepted.", {
        '{outcome="accepted"}': this.messages.accepted,
        '{outcome="refused"}': this.messages.refused,
      }),
      family("started_total", "counter", "Attempts of work.", { "": this.started }),
      family("failed_total", "counter", "Attempts that failed.", { "": this.failed }),
      family("completed_total", "counter", "Instances completed, by result.", {
        '{result="CONTINUE"}': CONTINUE,
        '{result="ABANDON"}': ABANDON,
      }),
      family("ended_total", "counter", "Instances that others or their time-out completed.", {
        "": this.ended,
      }),
      family("left_total", "counter", "Instances left to a person or their time-out.", { "": this.left }),
      family("extended_total", "counter", "Deadlines extended by an hour.", { "": this.extended }),
      family("trouble_total", "counter", "Calls of the API that failed.", { "": this.trouble }),
      family("time_left_seconds", "summary", "Time left at completion.", {
        _sum: this.#timeLeft,
        _count: count,
      }),
      family("hanging", "gauge", "Instances that hang.", { "": hanging }),
      family("working", "gauge", "Instances that are worked on.", { "": working }),
    ].join("");
  }
}

function family(name: string, type: string, help: string, values: Readonly<Record<string, number>>): string {
  const full = `huaweicloud_as_handler_${name}`;
  const lines = Object.entries(values).map(([suffix, value]) => `${full}${suffix} ${value}\n`);
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join("")}`;
}
