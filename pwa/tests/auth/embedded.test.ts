// Which pages lie inside another app.
import { describe, expect, it } from 'vitest';
import { embeddedIn } from '../../src/auth/embedded';

const android = 'Mozilla/5.0 (Linux; Android 12; HUAWEI NOH-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148';

describe('a page inside', () => {
  it.each([
    ['WeChat', 'wechat', `${android} XWEB/1160117 MMWEBSDK/20240501 MicroMessenger/8.0.50.2701(0x28003233) WeChat/arm64 NetType/WIFI`],
    ['WeChat on an iPhone', 'wechat', `${iphone} MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN`],
    ['WeCom', 'wecom', `${android} MicroMessenger/8.0 wxwork/4.1.22`],
    ['QQ', 'qq', `${android} V1_AND_SQ_8.9.28 QQ/8.9.28.10155 NetType/4G`],
    ['Alipay', 'alipay', `${iphone} NebulaSDK/1.8.100112 Nebula AlipayDefined AliApp(AP/10.5.96) AlipayClient/10.5.96`],
    ['DingTalk', 'dingtalk', `${android} DingTalk/7.5.0 com.alibaba.android.rimet`],
    ['Weibo', 'weibo', `${iphone} Weibo (iPhone14,5__weibo__14.5.0)`],
    ['an app nobody has heard of', 'other', android]
  ])('%s is known as %s', (_name, host, agent) => {
    expect(embeddedIn(agent)).toBe(host);
  });
});

describe('a page in a browser', () => {
  it.each([
    ['Chrome', 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36'],
    ['QQ Browser', 'Mozilla/5.0 (Linux; U; Android 12; zh-cn) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/109.0.0.0 MQQBrowser/15.0 Mobile Safari/537.36'],
    ['Huawei', 'Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36'],
    ['Safari', `${iphone} Version/17.5 Safari/604.1`]
  ])('%s stays there', (_name, agent) => {
    expect(embeddedIn(agent)).toBeNull();
  });
});
