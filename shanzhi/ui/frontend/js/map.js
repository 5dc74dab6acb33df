/* Bundle of the pages with a map, beside that of the desk; no other page loads it. */

import { startAreaMap } from "./map/areas.js";
import { startCaseMap } from "./map/cases.js";
import { startFileMap } from "./map/file.js";

startAreaMap();
startFileMap();
startCaseMap();
