// The guided tour, as `npm start` gives it once everything is set up.
import process from "node:process";
import { steps } from "./steps.mts";
import { tour } from "./tour.mts";

process.exitCode = await tour(steps);
