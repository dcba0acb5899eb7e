// Where this page must not be used: over an address that anybody on the way can read and change, where a browser gives no
// keys, and within another page, which could see what is tapped. It then says so, and stores and asks nothing.

export type Unsafe = 'insecure' | 'framed';

const words: Record<Unsafe, [string, string]> = {
  insecure: [
    '这个网址不能保管资料，所以这里什么也不存。请用单位给的、以 https:// 开头的网址打开上门；不确定就问督导。',
    'This address cannot keep records safe, so nothing is stored here. Open Doorstep by the address of your centre that begins with https://; ask the supervisor if you are not sure.'
  ],
  framed: [
    '上门不能在别的网页里面用。请在浏览器里直接打开它的网址。',
    'Doorstep cannot be used inside another page. Open its own address in the browser.'
  ]
};

/** Why this page must not go on, or null where it may. */
export function whyNotHere(page: Pick<Window, 'isSecureContext' | 'top' | 'self'> = window): Unsafe | null {
  if (page.top !== page.self) return 'framed';
  return page.isSecureContext ? null : 'insecure';
}

/** Say it on the page, in both languages: nobody's settings have been read. */
export function explain(why: Unsafe, target: HTMLElement): void {
  const main = document.createElement('main');
  main.dataset['screen'] = 'not-here';
  for (const text of words[why]) main.appendChild(document.createElement('p')).textContent = text;
  target.replaceChildren(main);
}
