// One shift as a file for a calendar, made on the phone without a network. The feed of all of them is the centre's.
import { instant } from './shifts';

interface Planned { record: string; revision: number; values: Record<string, unknown> }

/** RFC 5545: lines of at most 75 octets, ended by CR LF; backslash, comma, semicolon and line ends in texts are escaped. */
export function calendarFile(shift: Planned, now: Date): string {
  const { activity, place, shift_on, starts_at, ends_at, state } = shift.values;
  const called_off = state === 'called_off';
  const lines = [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Doorstep//Shifts//ZH', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', 'BEGIN:VEVENT',
    `UID:${shift.record}@doorstep`, `DTSTAMP:${compact(instant(now))}`, `SEQUENCE:${shift.revision}`,
    `DTSTART:${compact(instant(new Date(`${String(shift_on)}T${String(starts_at)}:00+08:00`)))}`,
    `DTEND:${compact(instant(new Date(`${String(shift_on)}T${String(ends_at)}:00+08:00`)))}`,
    `SUMMARY:${escaped(String(activity))}`, ...(place ? [`LOCATION:${escaped(String(place))}`] : []), `STATUS:${called_off ? 'CANCELLED' : 'CONFIRMED'}`,
    ...(called_off ? [] : ['BEGIN:VALARM', 'ACTION:DISPLAY', `DESCRIPTION:${escaped(String(activity))}`, 'TRIGGER:-PT1H', 'END:VALARM']),
    'END:VEVENT', 'END:VCALENDAR'
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

function compact(at: string): string {
  return at.replaceAll(/[-:]/g, '');
}

function escaped(text: string): string {
  return text.replaceAll(/[\\;,]/g, '\\$&').replaceAll(/\r?\n/g, '\\n');
}

function folded(line: string): string {
  const rows: string[] = [''];
  let octets = 0;
  for (const letter of line) {
    const size = new TextEncoder().encode(letter).length;
    if (octets + size > 75) {
      rows.push(' ');
      octets = 1;
    }
    rows[rows.length - 1] += letter;
    octets += size;
  }
  return rows.join('\r\n');
}
