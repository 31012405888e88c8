/** Of what has no line that begins with `error:`, such as a crash, whose stack would fill pages. */
const mostLines = 10;

/** What the engine printed, out of the message of a CommandError, which has all of it twice: its errors alone. */
export function failureText(message: string): string {
  const [, printed = message] = message.split(/\n (?:stderr|err\?): /);
  const lines = printed.split("\n").filter((line) => line.trim() !== "");
  const errors = lines.filter((line) => line.startsWith("error: "));
  return (errors.length > 0 ? errors : lines.slice(0, mostLines)).join("\n");
}
