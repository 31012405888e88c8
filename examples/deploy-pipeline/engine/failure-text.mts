/** Of what has no line that begins with `error:`, such as a crash, whose stack would fill pages. */
const mostLines = 10;

/** What the engine printed: the message of a CommandError has all of it twice. */
function printed(message: string): string[] {
  const [, text = message] = message.split(/\n (?:stderr|err\?): /);
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** The engine's errors alone. */
export function failureText(message: string): string {
  const lines = printed(message);
  const errors = lines.filter((line) => line.startsWith("error: "));
  return (errors.length > 0 ? errors : lines.slice(0, mostLines)).join("\n");
}

/** Who holds the stack, a line each: user, host, process and time. */
export function lockText(message: string): string {
  return printed(message)
    .filter((line) => line.includes("created by "))
    .join("\n");
}
