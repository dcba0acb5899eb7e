// The cards of the help page, which are read where there is no network and nobody to ask.
import { words } from './words.svelte';

export const helpWords = words({
  title: ['帮助与安全', 'Help and safety'],
  urgent: ['有危险，先打电话', 'In danger, call first'],
  urgent_say: ['先离开，到安全的地方再打。没有网也能打。', 'Leave first, then call from a safe place. Calls need no network.'],
  report: ['人安全了，报告突发事件', 'Once safe, report the incident'],
  police: ['110 报警', '110 Police'],
  ambulance: ['120 急救', '120 Ambulance'],
  fire: ['119 火警', '119 Fire'],
  women: ['12338 妇女维权', '12338 Women’s rights line'],
  city: ['12345 市民热线', '12345 City line'],
  cards: {
    door: {
      title: ['上门安全', 'Safety at the door'],
      steps: [
        '出门前告诉同事去哪一户、几点回。\n先敲门，退一步，说清楚你是谁、从哪里来。\n门里有人喝醉、争吵或有大狗，不进门，改天再来。\n进门站在靠门的一边，不要让人挡住出口。\n觉得不对就走，不用解释。记录可以以后再补。',
        'Tell a colleague which home and when you will be back.\nKnock, step back, say who you are and who sent you.\nIf somebody is drunk, there is a quarrel or a large dog, do not go in; come another day.\nStay on the side of the door, with the way out free.\nIf it feels wrong, leave without explaining. The record can wait.'
      ]
    },
    emergency: {
      title: ['遇到紧急情况', 'In an emergency'],
      steps: [
        '有人受伤或叫不醒：打 120，说清地址，守在旁边。\n有人要伤害自己或别人：打 110，不要一个人劝。\n闻到煤气味：开窗，不碰开关，出门再打 119。\n打完马上告诉主管，回头再写记录。',
        'Somebody is hurt or does not wake: call 120, say the address, stay with them.\nSomebody may harm themselves or others: call 110, do not handle it alone.\nA smell of gas: open windows, touch no switch, call 119 from outside.\nThen tell your supervisor; write it down afterwards.'
      ]
    },
    pin: {
      title: ['忘了密码', 'Forgot the PIN'],
      steps: [
        '找小林当面出一个新的登记码，几分钟就好。\n没送出的记录还在这台手机里，不会删。\n急着要记：在输密码的那一页点“打不开也能先记一条”。\n记得密码、只想换一个：到“我的”里点“换密码”。\n要去没网的楼：出门前到“我的”里点“今天带出门”，没网也能打开那几户。',
        'Ask the administrator, in person, for a new code; it takes minutes.\nWhat was not sent stays on this phone.\nIf you must write now: choose “Write something without opening” where the PIN is asked.\nTo change a PIN you know: “Change the PIN” under Me.\nOff to a house without a network: first “Take today along” under Me, and these homes open without one.'
      ]
    },
    lost: {
      title: ['手机丢了', 'The phone is lost'],
      steps: [
        '马上打给小林或主管，让他停用这台手机，越早越好。\n别的电话也行，不用等回到站里。\n记录是锁着的，捡到的人打不开；停用以后连得上网就会清掉。\n想想有哪几户还没送出，告诉主管。',
        'Call the administrator or your supervisor at once to have it taken out of use.\nAny telephone will do; do not wait until you are back.\nThe records are locked; once taken out of use they are cleared as soon as it has a network.\nThink which homes were not sent yet, and tell your supervisor.'
      ]
    },
    mistake: {
      title: ['写错了怎么改', 'Mending a mistake'],
      steps: [
        '打开那条记录，点“修改”，改好再存。原来的话留着，谁都没有丢。\n送出去以后也能改；审核过的，主管会看到改了哪里。\n记到别人家了：告诉主管，不要删。\n写了一半：不用管，下次打开还在草稿里。',
        'Open the record, choose “Edit”, and save again. The earlier words are kept.\nIt can be changed after it was sent; of a reviewed one the supervisor sees what changed.\nWritten under the wrong home: tell the supervisor, do not delete.\nHalf written: leave it; it is among your drafts.'
      ]
    }
  }
});
