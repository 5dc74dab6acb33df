/* Bundle of the pages for a phone and for residents. */

import { startBusy } from "./busy.js";
import { startDrafts } from "./draft.js";
import { startFlash } from "./flash.js";
import { startMenus } from "./menus.js";
import { startNet } from "./net.js";
import { startPhotos } from "./photos.js";
import { startPick } from "./pick.js";
import { startPlace } from "./place.js";
import { startQuestions } from "./questions.js";
import { startReceipt } from "./receipt.js";
import { startReplies } from "./replies.js";
import { startSuggest } from "./suggest.js";
import { startViewer } from "./viewer.js";
import { startWhereabouts } from "./whereabouts.js";

document.documentElement.classList.add("js");
startFlash();
startNet();
startPhotos();
startPlace();
startDrafts();
startBusy();
startMenus();
startSuggest();
startQuestions();
startPick();
startReplies();
startReceipt();
startViewer();
startWhereabouts();
