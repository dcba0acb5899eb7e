// The start of the app: settings on the page, links within it, whoever was signed in, and the first screen.
import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { resume } from './auth/session.svelte';
import { followLinks } from './router.svelte';
import { explain, whyNotHere } from './safe_place';
import { followSettings } from './settings.svelte';
import { followUpdates } from './update';
import { warmSearch } from './view';

async function start(): Promise<void> {
  const target = document.getElementById('app');
  if (!target) throw new Error('index.html has no #app');
  const why = whyNotHere();
  if (why) return explain(why, target);
  followSettings();
  followLinks();
  await resume();
  mount(App, { target });
  warmSearch();
  await followUpdates();
}

void start();
