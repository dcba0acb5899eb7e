// Whether this page lies inside another app. Such a view has no passkeys, is not installed and forgets what it keeps, so
// the page leads out of it (LeadOut.svelte). What a real browser can do is tried, not read from its name: capabilities.ts.

export type Host = 'wechat' | 'wecom' | 'qq' | 'alipay' | 'dingtalk' | 'weibo' | 'other';

/** Most particular first: the view of one app often names that of another too. QQ's own browser is a browser. */
const hosts: [Host, RegExp][] = [
  ['wecom', /wxwork\//i],
  ['wechat', /MicroMessenger\//i],
  ['dingtalk', /DingTalk\//i],
  ['alipay', /AlipayClient\/|AliApp\(AP\//i],
  ['weibo', /Weibo \(|__weibo__/i],
  ['qq', /(^|\s)QQ\/\d/],
  // An Android app that shows pages says so, whichever it is.
  ['other', /;\s*wv\)/]
];

/** The app whose view this is, or null in a browser. */
export function embeddedIn(agent: string = navigator.userAgent): Host | null {
  return hosts.find(([, pattern]) => pattern.test(agent))?.[0] ?? null;
}
