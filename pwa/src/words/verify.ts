// What a stranger reads who verifies a paper about hours.
import { words } from './words.svelte';

export const verifyWords = words({
  title: ['核对服务记录', 'Verify a paper'],
  note: ['输入纸上的编号，看这一份是不是真的、还算不算数。', 'Type the number on the paper to see whether it is genuine and still valid.'],
  number: ['编号（16 位）', 'Number (16 characters)'],
  check: ['核对', 'Verify'],
  again: ['再核对一份', 'Verify another one'],
  valid: ['有效', 'Valid'],
  revoked: [(on: string) => `已作废（${on}）`, (on: string) => `Revoked (${on})`],
  corrected: ['做好以后，这几天的时数更正过。请本人重新做一份。', 'Hours of these days were corrected since. Ask for a new paper.'],
  paper: { service_record: ['服务记录', 'Service record'], certified_proof: ['服务时数证明', 'Certified proof of hours'] },
  what: ['这是', 'This is'],
  name: ['姓名', 'Name'],
  period: ['服务期间', 'Period'],
  days: [(from: string, to: string) => `${from} 到 ${to}`, (from: string, to: string) => `${from} to ${to}`],
  hours: ['已核定时数', 'Certified hours'],
  issued_on: ['出具日期', 'Made on'],
  issuer: ['出具单位', 'Issued by'],
  compare: ['请和纸上的对一对。名字只显示头一个字。', 'Compare it with the paper. Only the first character of the name is shown.'],
  offline: ['现在没有网络，连上再核对。', 'No network: try again when there is one.']
});
