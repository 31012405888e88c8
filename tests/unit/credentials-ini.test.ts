import { expect, test } from "vitest";
import { parseIni } from "../../sdk/credentials/ini";

test("sections, both separators, comments of their own line, blank lines, Windows' line ends and a byte order mark", () => {
  const text = [
    "\uFEFF; made by hand",
    "[basic]",
    "  AK = abc  ",
    "sk: d=e:f#g;h",
    "",
    "# another",
    "security_token =",
    "[ global ]",
    "ak=xyz",
  ].join("\r\n");
  expect(parseIni(text)).toEqual(
    new Map([
      [
        "basic",
        new Map([
          ["ak", "abc"],
          ["sk", "d=e:f#g;h"],
          ["security_token", ""],
        ]),
      ],
      ["global", new Map([["ak", "xyz"]])],
    ]),
  );
});

test("a section that comes twice is one", () => {
  expect(parseIni("[basic]\nak=1\n[x]\n[basic]\nsk=2").get("basic")).toEqual(
    new Map([
      ["ak", "1"],
      ["sk", "2"],
    ]),
  );
});

test.each([
  ["[basic]\nsecret-without-key", "line 2 is not of the form key = value"],
  ["[basic]\n= secret", "line 2 is not of the form key = value"],
  ["[basic\nak = 1", "line 1 is not of the form key = value"],
  ["sk = secret", "line 1 stands before the first [section]"],
  ["[basic]\nsk = 1\nSK = secret", "line 3 sets a key for the second time"],
])("%j is refused by the line's number, not by its text", (text, message) => {
  expect(() => parseIni(text)).toThrow(new Error(message));
});
