// A server that answers each request as the service answers a create, and as fast as node:http can.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerQuestions } from "../helper.mts";
import { wireAnswer } from "./create-request.mts";

/** To keep the answers back until told otherwise, and how many there are; without it: the server's port. */
export interface RawServerQuestion {
  readonly hold?: boolean;
}

const body = JSON.stringify(wireAnswer);
const headers = {
  "content-type": "application/json",
  "content-length": Buffer.byteLength(body),
  "x-request-id": "4f0123456789abcdef0123456789abcd",
};

let hold = false;
const held: ServerResponse[] = [];

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    if (hold) held.push(response);
    else answer(response);
  });
});

function answer(response: ServerResponse): void {
  response.writeHead(200, headers).end(body);
}

server.listen(0, "127.0.0.1", () => {
  answerQuestions((question: RawServerQuestion) => {
    if (question.hold === undefined) return (server.address() as AddressInfo).port;
    hold = question.hold;
    const count = held.length;
    if (!hold) for (const response of held.splice(0)) answer(response);
    return count;
  });
});
