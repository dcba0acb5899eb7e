// The words of the screens for reporting an incident, which are read in a hurry.
import { words } from './words.svelte';

export const incidentWords = words({
  title: ['报告突发事件', 'Report an incident'],
  fast: ['先写这三项就能存，别的以后补。', 'These three are enough to save. The rest can follow.'],
  more: ['还知道的，现在或以后补', 'What else is known, now or later'],
  save: ['存好，排在最前面送', 'Save; it is sent first'],
  saved: ['突发事件', 'Incident'],
  earlier: ['报过的', 'Reported before'],
  undelivered: ['还没送到中心，没人知道这件事。要紧就现在打电话。', 'Not delivered: nobody at the centre knows yet. If it matters, call now.'],
  undelivered_next: ['有网就最先送这一条，不用守着。', 'It is the first to be sent once there is a network; you need not wait here.'],
  delivered: ['已送到中心，主管排在最前面看。', 'Delivered. The supervisor sees it among the first.'],
  seen: ['主管已看过。', 'The supervisor has seen it.'],
  not_here: ['这条不在这台设备上：送到中心以后只在中心看，或不归你看。', 'Not on this device: after delivery it is read at the centre, or it is not yours to see.'],
  add: ['补充', 'Add to it'],

  board: ['突发事件', 'Incidents'],
  board_note: ['可能还没完的在前，早的在前。', 'What may still go on comes first, the oldest on top.'],
  going_on: ['还没了结', 'Not closed'],
  over: ['已了结', 'Closed'],
  none: ['没有人报过突发事件。', 'No incident has been reported.'],
  what: ['什么事', 'What'],
  when: ['时间', 'When'],
  tier: ['等级', 'Tier'],
  no_tier: ['还没定', 'not set'],
  response: ['处置', 'Response'],
  urgent: ['先看', 'Look first'],
  open: ['打开', 'Open'],
  set_tier: ['定级', 'Set the tier'],
  change_tier: ['升级或降级', 'Raise or lower the tier'],
  report_on: ['上报和复盘', 'Reports and lessons'],
  put: ['存好', 'Save'],
  leave: ['先不写', 'Not now'],
  kept: ['已存本机', 'Saved here'],
  offline: ['没有网络。连上再看。', 'No network. Try again once connected.']
});
