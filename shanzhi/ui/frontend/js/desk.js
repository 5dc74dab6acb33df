/* Bundle of the pages for a desk: all that a phone has, and the keyboard. */

import "./phone.js";
import { startCode } from "./code.js";
import { startList } from "./list.js";

startList();
startCode();
