// How this phone likes to be read: language, size, theme, and what it sends over which network. What is set is written on <html>; the styles decide the rest.

export type Language = 'zh' | 'en';
export type TextSize = 'standard' | 'elder' | 'xl' | 'xxl';
export type Theme = 'auto' | 'light' | 'dark' | 'sun';
export interface Settings { language: Language; size: TextSize; theme: Theme; photos_wifi_only: boolean; photos_paused: boolean }

const place = 'doorstep.settings';
const allowed = {
  language: ['zh', 'en'],
  size: ['standard', 'elder', 'xl', 'xxl'],
  theme: ['auto', 'light', 'dark', 'sun']
} as const;

/** What was stored, with anything unknown left at its default: an older or newer app may have written it. */
function stored(): Settings {
  const found: Settings = { language: 'zh', size: 'standard', theme: 'auto', photos_wifi_only: false, photos_paused: false };
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '{}') as Record<string, unknown>;
    const pick = <V extends string>(key: string, values: readonly V[], fallback: V): V =>
      values.find((value) => value === kept[key]) ?? fallback;
    found.language = pick('language', allowed.language, found.language);
    found.size = pick('size', allowed.size, found.size);
    found.theme = pick('theme', allowed.theme, found.theme);
    found.photos_wifi_only = kept['photos_wifi_only'] === true;
    found.photos_paused = kept['photos_paused'] === true;
  } catch (error) {
    // A browser that forbids storage, or a damaged entry: the defaults serve.
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
  }
  return found;
}

export const settings = $state<Settings>(stored());

function remember(): void {
  try {
    localStorage.setItem(place, JSON.stringify(settings));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/** Write the settings on <html> and keep them; called once, by the start of the app. */
export function followSettings(): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const contrast = matchMedia('(prefers-contrast: more)');
  let system = $state(0);
  const changed = () => { system += 1; };
  dark.addEventListener('change', changed);
  contrast.addEventListener('change', changed);
  const stop = $effect.root(() => {
    $effect(() => {
      void system;
      const html = document.documentElement;
      html.lang = settings.language === 'zh' ? 'zh-CN' : 'en';
      html.dataset['size'] = settings.size;
      const automatic = contrast.matches ? 'sun' : dark.matches ? 'dark' : 'light';
      html.dataset['theme'] = settings.theme === 'auto' ? automatic : settings.theme;
      remember();
    });
  });
  return () => {
    stop();
    dark.removeEventListener('change', changed);
    contrast.removeEventListener('change', changed);
  };
}
