// What a screen offers follows from the declared access. Not here: the full matrix, which tests/schema/test_access.py holds.
import { describe, expect, it } from 'vitest';
import { may, mayMove, personOf, type Place } from '../../src/schema/access';

const person = (role: string, teams: string[] = ['heping_1']) =>
  personOf({ person: 'li_min', centre: 'heping', roles: [role], teams: teams.map((id) => ({ id })) });
const at = (team: string | null, own: string[] = [], centre = 'heping'): Place => ({ centre, team, own });

describe('a worker', () => {
  it('edits the homes of the team, and a visit of her own', () => {
    expect(may(person('outreach_worker'), 'edit', 'household', at('heping_1'))).toBe(true);
    expect(may(person('outreach_worker'), 'edit', 'household', at('heping_2'))).toBe(false);
    expect(may(person('outreach_worker'), 'edit', 'home_visit', at('heping_1'))).toBe(false);
    expect(may(person('outreach_worker'), 'edit', 'home_visit', at('heping_1', ['li_min']))).toBe(true);
  });

  it('gives a new home its team and does not move it afterwards', () => {
    expect(may(person('outreach_worker'), 'edit', 'household', at('heping_1'), 'team', true)).toBe(true);
    expect(may(person('outreach_worker'), 'edit', 'household', at('heping_1'), 'team')).toBe(false);
  });

  it('assesses a case and does not take it into service', () => {
    expect(mayMove(person('outreach_worker'), 'case', 'intake', 'assessed', at('heping_1', ['li_min']))).toBe(true);
    expect(mayMove(person('outreach_worker'), 'case', 'assessed', 'in_service', at('heping_1', ['li_min']))).toBe(false);
    expect(mayMove(person('supervisor'), 'case', 'assessed', 'in_service', at('heping_1'))).toBe(true);
    expect(mayMove(person('supervisor'), 'case', 'closed', 'in_service', at('heping_1'))).toBe(false);
  });
});

describe('others', () => {
  it('a volunteer signs in to a shift of hers and changes nothing else', () => {
    const volunteer = person('volunteer', []);
    expect(may(volunteer, 'edit', 'shift', at(null, ['li_min']), 'signed_in_at')).toBe(true);
    expect(may(volunteer, 'edit', 'shift', at(null, ['li_min']), 'starts_at')).toBe(false);
    expect(may(volunteer, 'edit', 'shift', at(null, ['huang_li']), 'signed_in_at')).toBe(false);
  });

  it('a supervisor settles and reviews in her team, a director in neither', () => {
    expect(may(person('supervisor'), 'settle', 'resident', at('heping_1'))).toBe(true);
    expect(may(person('supervisor'), 'review', 'home_visit', at('heping_1'))).toBe(true);
    expect(may(person('supervisor'), 'review', 'resident', at('heping_1'))).toBe(false);
    expect(may(person('director', []), 'see', 'resident', at('heping_1'))).toBe(true);
    expect(may(person('director', []), 'review', 'home_visit', at('heping_1'))).toBe(false);
  });

  it('another centre is out of reach, and so is what is not declared', () => {
    expect(may(person('director', []), 'see', 'resident', at('heping_1', ['li_min'], 'guanhu'))).toBe(false);
    expect(may(person('director', []), 'see', 'constructor', at(null))).toBe(false);
    expect(may(person('director', []), 'edit', 'household', at(null), 'gold')).toBe(false);
  });
});
