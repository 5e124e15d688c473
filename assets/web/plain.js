// The page for browsers that its other scripts are too new for, or that have no modules: search, list, houses and plans,
// and no picture. Laid out as one file in the language of browsers of 2016 (tools/site/plain.mjs).
import './fill-in.js';
import { noPicture, watchQuestions } from './ask.js';
import { fillCorner } from './corner.js';
import { fail, whenFailed } from './cover.js';
import { options, translate } from './words.js';

translate();
fillCorner();
watchQuestions();
whenFailed(noPicture);
fail('old_browser');
options.runs = 'plain';
