/** The stack that owns the group. The stack of the hooks asks it for the id. */
import { ScalingGroup } from "../scaling-group";

export const scalingGroupId = new ScalingGroup("web").id;
