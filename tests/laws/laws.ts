import type { Law } from "./law";
import { lifeLaws } from "./life-laws";
import { outsideLaws } from "./outside-laws";
import { ownershipLaws } from "./ownership-laws";
import { troubleLaws } from "./trouble-laws";
import { upgradeLaw } from "./upgrade-law";

/** All laws, in an order in which one often finds there what it starts from. */
export const laws: readonly Law[] = [
  ...lifeLaws,
  ...outsideLaws,
  ...troubleLaws,
  ...ownershipLaws,
  upgradeLaw,
];
