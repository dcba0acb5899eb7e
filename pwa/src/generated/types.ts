// The types of what a centre records. Written by `python -m schema.generate`, not by hand.
// Not here: labels and rules, which are in schema.json and further_kinds.json.

export type Kind = 'activity' | 'activity_session' | 'assessment_setting' | 'calendar_year' | 'case' | 'case_confidential' | 'case_progress' | 'conduct_decision' | 'conduct_event' | 'consent' | 'duty' | 'duty_code' | 'field_task' | 'follow_up' | 'follow_up_plan' | 'group' | 'group_session' | 'home_visit' | 'hour_certificate' | 'hour_check' | 'hour_check_plan' | 'hour_entry' | 'hour_rule' | 'household' | 'incident' | 'medal_award' | 'medal_rule' | 'referral' | 'resident' | 'review_setting' | 'shift' | 'sign_up' | 'signal_note' | 'supervision_session' | 'training' | 'visit_request' | 'volunteer' | 'volunteer_assessment' | 'volunteer_screening';

export type assessed_by_day = 'admission' | 'halves';
export type assessment_period = 'half_year' | 'year';
export type assessment_result = 'excellent' | 'pass' | 'fail';
export type case_category = 'elderly_care' | 'family' | 'hardship' | 'disability' | 'youth' | 'other';
export type case_need = 'health' | 'daily_life' | 'income' | 'housing' | 'family' | 'mood' | 'company' | 'safety';
export type case_source = 'visit' | 'self' | 'referral' | 'hotline' | 'complaint' | 'other_department';
export type close_reason = 'goals_met' | 'partly_met' | 'transferred' | 'client_withdrew' | 'moved' | 'deceased' | 'opened_in_error' | 'duplicate';
export type conduct_outcome = 'warning' | 'retraining' | 'suspended' | 'advised_to_leave' | 'unfounded';
export type conduct_rule = 'trained_first' | 'with_social_worker' | 'keep_secret' | 'data_stays' | 'no_gifts' | 'ask_first' | 'on_time' | 'respect' | 'own_role';
export type confidential_basis = 'separate_consent' | 'guardian_consent' | 'statutory_duty' | 'emergency';
export type confidential_topic = 'drug_rehabilitation' | 'violence' | 'mental_health' | 'infection' | 'minor';
export type consent_giver = 'self' | 'guardian' | 'family';
export type consent_proof = 'oral' | 'signature' | 'statutory_duty' | 'emergency';
export type consent_purpose = 'service' | 'photo' | 'publicity' | 'voice' | 'sharing' | 'sensitive';
export type consent_wording = 'door_2026_11' | 'door_voice_2026_11' | 'form_2026_11' | 'none';
export type contact_mode = 'visit' | 'centre' | 'phone' | 'other';
export type day_part = 'morning' | 'afternoon' | 'evening';
export type file_media = 'photo' | 'signature' | 'voice' | 'scan';
export type follow_up_method = 'phone' | 'visit' | 'intercom';
export type follow_up_why = 'sample' | 'first_vulnerable' | 'other';
export type goal_progress = 'not_started' | 'in_progress' | 'reached' | 'partly' | 'not_reached';
export type group_type = 'support' | 'growth' | 'learning' | 'interest' | 'mutual_help';
export type headcount_method = 'sign_in' | 'counter' | 'estimate';
export type hour_after_close = 'flag' | 'refuse';
export type hour_check_asked = 'volunteer' | 'fellow' | 'host' | 'paper';
export type hour_provenance = 'signed' | 'added_later';
export type hour_round_how = 'down' | 'nearest';
export type hour_stratum = 'with_reason' | 'added_later' | 'signed';
export type household_tag = 'dog' | 'call_first' | 'no_lift' | 'hard_of_hearing' | 'go_in_pairs';
export type incident_tier = 'minor' | 'general' | 'larger' | 'major' | 'especially_major';
export type incident_told = 'ambulance' | 'police' | 'fire' | 'supervisor' | 'director' | 'family' | 'committee';
export type incident_type = 'injury' | 'illness' | 'harm' | 'fire' | 'missing' | 'crowd' | 'premises' | 'error' | 'near_miss' | 'other';
export type medal = 'gold' | 'silver' | 'bronze' | 'service';
export type paper_name = 'service_record' | 'certified_proof';
export type phone_owner = 'self' | 'son' | 'daughter' | 'neighbour' | 'other';
export type photo_consent = 'nobody' | 'file' | 'publicity' | 'guardian';
export type relation = 'self' | 'spouse' | 'child' | 'parent' | 'grandchild' | 'carer' | 'other';
export type request_channel = 'phone' | 'window' | 'door' | 'letter';
export type request_need = 'elderly' | 'frail' | 'sick' | 'disabled' | 'language';
export type residence_status = 'registered' | 'migrant' | 'other';
export type review_mode = 'all' | 'sample';
export type risk_level = 'low' | 'medium' | 'high';
export type service_class = 'basic' | 'featured' | 'auxiliary';
export type sex = 'female' | 'male' | 'unknown';
export type sign_up_because = 'called_off' | 'over' | 'given_up' | 'passed_on' | 'twice' | 'not_yet' | 'coordinator';
export type signed_how = 'by_hand' | 'by_other' | 'thumbprint' | 'in_words';
export type supervision_type = 'administrative' | 'supportive';
export type target_group = 'elders' | 'children' | 'youth' | 'women' | 'disabled' | 'carers' | 'families' | 'newcomers' | 'everybody';
export type task_source = 'visit' | 'incident' | 'follow_up' | 'window' | 'phone' | 'station' | 'other';
export type task_urgency = 'emergency' | 'large' | 'small' | 'normal';
export type training_type = 'pre_service' | 'periodic' | 'specialised';
export type visit_again = 'nobody_before' | 'other_matter' | 'called_back';
export type visit_condition = 'as_usual' | 'follow_up' | 'urgent';
export type visit_outcome = 'met_person' | 'met_family' | 'no_answer' | 'come_back' | 'refused' | 'moved';
export type visit_reason = 'routine' | 'follow_up' | 'requested' | 'case_visit' | 'festive';
export type visit_service = 'greeting' | 'health_reminder' | 'errand' | 'policy' | 'goods' | 'safety_check' | 'emotional_support' | 'referral';
export type visit_skipped = 'no_time' | 'not_needed' | 'away' | 'cancelled';
export type voice_whose = 'mine' | 'agreed' | 'guardian';
export type volunteer_agreed_how = 'own_phone' | 'paper';
export type volunteer_agreement = 'form_2026_11';
export type volunteer_channel = 'neighbour' | 'activity' | 'notice' | 'school' | 'work' | 'online' | 'other';
export type volunteer_language = 'mandarin' | 'cantonese' | 'hakka' | 'teochew' | 'sichuan' | 'hunan' | 'english' | 'sign' | 'other';
export type volunteer_screening_step = 'doc_review' | 'interview';
export type volunteer_skill = 'accompany' | 'escort' | 'haircut' | 'medical' | 'first_aid' | 'repair' | 'cooking' | 'crafts' | 'arts' | 'teaching' | 'devices' | 'photography' | 'driving' | 'law' | 'order' | 'other';
export type vulnerability = 'lives_alone' | 'empty_nest' | 'frail' | 'bedridden' | 'disabled' | 'low_income' | 'child_at_risk';
export type weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

export interface file_row {
  hash: string;
  media: file_media;
  bytes: number;
  width?: number;
  height?: number;
  seconds?: number;
  name?: string;
  taken_at: string;
}

export type activity_state = 'draft' | 'approved' | 'pre_reported' | 'published' | 'held' | 'recorded' | 'verified' | 'postponed' | 'cancelled' | 'archived';

export interface activity_remarks_row {
  text: string;
  about?: string;
}

export interface activity {
  name?: string;
  theme?: string;
  target_group?: target_group;
  service_class?: service_class;
  starts_on?: string;
  team?: string;
  worker?: string;
  organisers?: string;
  expected_headcount?: number;
  large?: boolean;
  volunteers_needed?: number;
  publicity?: string;
  hazards?: string;
  controls?: string;
  risk_level?: risk_level;
  contingency_plan?: string;
  pre_reported_to?: string;
  pre_reported_on?: string;
  state?: activity_state;
  results?: string;
  problems?: string;
  media?: string;
  special?: string;
  returned_because?: string;
  called_off_because?: string;
  remarks?: Record<string, activity_remarks_row>;
}

export type activity_session_state = 'planned' | 'held' | 'postponed' | 'cancelled';

export interface activity_session_helpers_row {
  person: string;
}

export interface activity_session_people_row {
  name: string;
  present?: boolean;
}

export interface activity_session_counted_row {
  person: string;
  number: number;
}

export interface activity_session_remarks_row {
  text: string;
  about?: string;
}

export interface activity_session {
  activity?: string;
  name?: string;
  planned_on?: string;
  starts_at?: string;
  ends_at?: string;
  place?: string;
  helpers?: Record<string, activity_session_helpers_row>;
  people?: Record<string, activity_session_people_row>;
  counted?: Record<string, activity_session_counted_row>;
  headcount_method?: headcount_method;
  person_times?: number;
  state?: activity_session_state;
  held_on?: string;
  content?: string;
  effect?: string;
  observations?: string;
  called_off_because?: string;
  remarks?: Record<string, activity_session_remarks_row>;
}

export interface assessment_setting {
  effective_on?: string;
  counts_from?: assessed_by_day;
  note?: string;
}

export interface calendar_year_holidays_row {
  first_on: string;
  days?: number;
  name?: string;
}

export interface calendar_year_make_up_days_row {
  works_on: string;
}

export interface calendar_year_closed_days_row {
  first_on: string;
  days?: number;
  reason?: string;
}

export interface calendar_year {
  year?: number;
  effective_on?: string;
  published_in?: string;
  holidays?: Record<string, calendar_year_holidays_row>;
  make_up_days?: Record<string, calendar_year_make_up_days_row>;
  closed_weekdays?: Partial<Record<weekday, true>>;
  closed_days?: Record<string, calendar_year_closed_days_row>;
  note?: string;
}

export type case_stage = 'intake' | 'assessed' | 'in_service' | 'suspended' | 'closing' | 'closed' | 'declined' | 'referred_out';

export interface case_goals_row {
  text: string;
  measure?: string;
  target?: string;
  due_on?: string;
  by_whom?: string;
  progress?: goal_progress;
}

export interface case_remarks_row {
  text: string;
  about?: string;
}

export interface case_story_row {
  field: string;
  to?: string;
  said?: string;
}

export interface case_ {
  source?: case_source;
  from_visit?: string;
  episode_of?: string;
  resident?: string;
  household?: string;
  worker?: string;
  offered_to?: string;
  category?: case_category;
  opened_on?: string;
  presenting_problem?: string;
  stage?: case_stage;
  risk_level?: risk_level;
  risk_because?: string;
  assessed_on?: string;
  needs?: Partial<Record<case_need, true>>;
  strengths?: string;
  risks?: string;
  goals?: Record<string, case_goals_row>;
  next_step?: string;
  next_on?: string;
  returned_because?: string;
  suspended_because?: string;
  declined_because?: string;
  referred_to?: string;
  closed_on?: string;
  close_reason?: close_reason;
  outcome_summary?: string;
  client_feedback?: string;
  remaining_problems?: string;
  suggestions?: string;
  farewell_done?: boolean;
  follow_up_on?: string;
  remarks?: Record<string, case_remarks_row>;
  agreement?: Record<string, file_row>;
  story?: Record<string, case_story_row>;
}

export interface case_confidential_remarks_row {
  text: string;
}

export interface case_confidential {
  case?: string;
  topic?: confidential_topic;
  basis?: confidential_basis;
  written_on?: string;
  content?: string;
  keeper?: string;
  second_person?: string;
  third_person?: string;
  remarks?: Record<string, case_confidential_remarks_row>;
}

export interface case_progress_remarks_row {
  text: string;
  about?: string;
}

export interface case_progress {
  case?: string;
  written_on?: string;
  mode?: contact_mode;
  content?: string;
  goal?: string;
  next_step?: string;
  next_on?: string;
  corrects?: string;
  remarks?: Record<string, case_progress_remarks_row>;
}

export type conduct_decision_state = 'told' | 'answered' | 'closed';

export interface conduct_decision {
  matter?: string;
  volunteer?: string;
  rule?: conduct_rule;
  outcome?: conduct_outcome;
  words?: string;
  told_on?: string;
  state?: conduct_decision_state;
  answer?: string;
  reply?: string;
}

export type conduct_event_state = 'reported' | 'checked' | 'decided';

export interface conduct_event {
  volunteer?: string;
  rule?: conduct_rule;
  happened_on?: string;
  facts?: string;
  reporter?: string;
  gift?: string;
  gift_giver?: string;
  gift_returned?: boolean;
  gift_agreed?: boolean;
  state?: conduct_event_state;
  findings?: string;
  outcome?: conduct_outcome;
  decided_on?: string;
}

export type consent_state = 'given' | 'withdrawn';

export interface consent_remarks_row {
  text: string;
}

export interface consent {
  resident?: string;
  purpose?: consent_purpose;
  partner?: string;
  wording?: consent_wording;
  given_by?: consent_giver;
  giver_name?: string;
  proof?: consent_proof;
  witness?: string;
  reason?: string;
  signature?: Record<string, file_row>;
  paper_place?: string;
  given_on?: string;
  until?: string;
  state?: consent_state;
  withdrawn_on?: string;
  withdrawn_by?: consent_giver;
  withdrawn_how?: string;
  remarks?: Record<string, consent_remarks_row>;
}

export type duty_state = 'open' | 'called_off' | 'done';

export interface duty_roles_row {
  name: string;
  number: number;
}

export interface duty_roles_taken_row {
  name: string;
  taken: number;
}

export interface duty {
  activity?: string;
  project?: string;
  place?: string;
  duty_on?: string;
  starts_at?: string;
  ends_at?: string;
  capacity?: number;
  roles?: Record<string, duty_roles_row>;
  sign_up_until?: string;
  contact?: string;
  note?: string;
  series?: string;
  state?: duty_state;
  called_off_because?: string;
  places_taken?: number;
  people_waiting?: number;
  roles_taken?: Record<string, duty_roles_taken_row>;
}

export interface duty_code {
  duty?: string;
  code?: string;
  shown_from_at?: string;
  hangs_at?: string;
}

export type field_task_state = 'created' | 'dispatched' | 'accepted' | 'on_site' | 'done' | 'confirmed_by_client' | 'closed' | 'escalated' | 'rework';

export interface field_task_nodes_row {
  at: string;
  who: string;
  what: string;
}

export interface field_task {
  title?: string;
  urgency?: task_urgency;
  household?: string;
  place?: string;
  raised_at?: string;
  source?: task_source;
  requested_by?: string;
  client_requirement?: string;
  team?: string;
  assigned_to?: string;
  expected_by?: string;
  from_visit?: string;
  from_incident?: string;
  from_follow_up?: string;
  rework_of?: string;
  state?: field_task_state;
  accepted_at?: string;
  on_site_at?: string;
  answered_at?: string;
  done_at?: string;
  result?: string;
  client_said?: string;
  declined_because?: string;
  rework_because?: string;
  escalated_because?: string;
  nodes?: Record<string, field_task_nodes_row>;
}

export type follow_up_state = 'drawn' | 'attempted' | 'completed' | 'unreachable' | 'problem_open' | 'resolved' | 'told' | 'closed';

export interface follow_up_attempts_row {
  at: string;
  how: follow_up_method;
  note?: string;
}

export interface follow_up {
  household?: string;
  visit?: string;
  plan?: string;
  month_on?: string;
  why?: follow_up_why;
  assigned_to?: string;
  state?: follow_up_state;
  attempts?: Record<string, follow_up_attempts_row>;
  method?: follow_up_method;
  satisfied?: number;
  timely?: boolean;
  reasons?: string;
  other_opinions?: string;
  problem?: string;
  resolution?: string;
  told_on?: string;
}

export interface follow_up_plan_strata_row {
  name: string;
  size: number;
  homes: string;
  drawn?: string;
}

export interface follow_up_plan {
  team?: string;
  month_on?: string;
  drawn_at?: string;
  seed?: string;
  percent?: number;
  least?: number;
  frame_size?: number;
  drawn_size?: number;
  strata?: Record<string, follow_up_plan_strata_row>;
  summary?: string;
  improvements?: string;
}

export type group_state = 'proposed' | 'approved' | 'recruiting' | 'running' | 'evaluating' | 'completed' | 'ended_early' | 'cancelled' | 'archived';

export interface group_members_row {
  name: string;
  joined_on: string;
  left_on?: string;
  left_because?: string;
}

export interface group_remarks_row {
  text: string;
  about?: string;
}

export interface group {
  name?: string;
  type?: group_type;
  target_group?: target_group;
  service_class?: service_class;
  goals?: string;
  plan?: string;
  planned_sessions?: number;
  capacity?: number;
  team?: string;
  worker?: string;
  co_worker?: string;
  state?: group_state;
  members?: Record<string, group_members_row>;
  fewer_because?: string;
  goal_results?: string;
  member_feedback?: string;
  reflection?: string;
  special?: string;
  returned_because?: string;
  stopped_because?: string;
  remarks?: Record<string, group_remarks_row>;
}

export type group_session_state = 'planned' | 'held' | 'postponed' | 'cancelled';

export interface group_session_helpers_row {
  person: string;
}

export interface group_session_people_row {
  name: string;
  present?: boolean;
}

export interface group_session_counted_row {
  person: string;
  number: number;
}

export interface group_session_remarks_row {
  text: string;
  about?: string;
}

export interface group_session {
  group?: string;
  name?: string;
  number?: number;
  planned_on?: string;
  starts_at?: string;
  ends_at?: string;
  place?: string;
  helpers?: Record<string, group_session_helpers_row>;
  people?: Record<string, group_session_people_row>;
  counted?: Record<string, group_session_counted_row>;
  person_times?: number;
  state?: group_session_state;
  held_on?: string;
  content?: string;
  effect?: string;
  observations?: string;
  called_off_because?: string;
  remarks?: Record<string, group_session_remarks_row>;
}

export interface home_visit_partners_row {
  person: string;
}

export interface home_visit_remarks_row {
  text: string;
  about?: string;
}

export interface home_visit {
  household?: string;
  resident?: string;
  assigned_to?: string;
  planned_on?: string;
  planned_at?: string;
  reason?: visit_reason;
  request?: string;
  skipped?: visit_skipped;
  skipped_because?: string;
  visited_on?: string;
  arrived_at?: string;
  left_at?: string;
  outcome?: visit_outcome;
  services?: Partial<Record<visit_service, true>>;
  condition?: visit_condition;
  persons_met?: number;
  explained?: boolean;
  partners?: Record<string, home_visit_partners_row>;
  again_because?: visit_again;
  observation?: string;
  follow_up_on?: string;
  rebook_on?: string;
  remarks?: Record<string, home_visit_remarks_row>;
  photo_consent?: photo_consent;
  photos?: Record<string, file_row>;
  voice_whose?: voice_whose;
  voice_notes?: Record<string, file_row>;
  signed_how?: signed_how;
  signed_with?: string;
  signature?: Record<string, file_row>;
}

export type hour_certificate_state = 'issued' | 'revoked';

export interface hour_certificate {
  volunteer?: string;
  paper?: paper_name;
  number?: string;
  issuer?: string;
  from_on?: string;
  to_on?: string;
  issued_on?: string;
  minutes?: number;
  entries?: number;
  digest?: string;
  state?: hour_certificate_state;
  revoked_because?: string;
  revoked_on?: string;
}

export type hour_check_state = 'drawn' | 'confirmed' | 'not_true' | 'not_reached' | 'corrected';

export interface hour_check {
  entry?: string;
  plan?: string;
  month_on?: string;
  stratum?: hour_stratum;
  checked_by?: string;
  state?: hour_check_state;
  asked?: hour_check_asked;
  asked_name?: string;
  checked_on?: string;
  note?: string;
  correction?: string;
}

export interface hour_check_plan_strata_row {
  name: hour_stratum;
  part: number;
  size: number;
  entries: string;
  drawn?: string;
}

export interface hour_check_plan {
  month_on?: string;
  drawn_at?: string;
  seed?: string;
  percent?: number;
  least?: number;
  each?: number;
  frame_size?: number;
  drawn_size?: number;
  left_out?: number;
  strata?: Record<string, hour_check_plan_strata_row>;
  summary?: string;
}

export interface hour_entry_remarks_row {
  text: string;
  about?: string;
}

export interface hour_entry {
  volunteer?: string;
  shift?: string;
  activity?: string;
  project?: string;
  worked_on?: string;
  started_at?: string;
  ended_at?: string;
  break_minutes?: number;
  travel_minutes?: number;
  minutes?: number;
  provenance?: hour_provenance;
  late_reason?: string;
  over_reason?: string;
  corrects?: string;
  correction_reason?: string;
  remarks?: Record<string, hour_entry_remarks_row>;
}

export interface hour_rule {
  effective_on?: string;
  round_to?: number;
  round_how?: hour_round_how;
  break_after_minutes?: number;
  break_minutes?: number;
  over_shift_minutes?: number;
  day_minutes_max?: number;
  late_after_days?: number;
  closes_on_day?: number;
  after_close?: hour_after_close;
  may_certify?: boolean;
  issuer?: string;
  note?: string;
}

export interface household_remarks_row {
  text: string;
  about?: string;
}

export interface household {
  estate?: string;
  building?: string;
  unit?: string;
  room?: string;
  team?: string;
  phone?: string;
  phone_owner?: phone_owner;
  tags?: Partial<Record<household_tag, true>>;
  care_note?: string;
  remarks?: Record<string, household_remarks_row>;
}

export type incident_status = 'reported' | 'confirmed' | 'responding' | 'contained' | 'closed';

export interface incident_reported_to_row {
  body: string;
  at: string;
  how?: string;
}

export interface incident_remarks_row {
  text: string;
  about?: string;
}

export interface incident {
  what?: incident_type;
  happened_at?: string;
  place?: string;
  persons_affected?: number;
  told?: Partial<Record<incident_told, true>>;
  description?: string;
  first_actions?: string;
  tier?: incident_tier;
  tier_reason?: string;
  reported_to?: Record<string, incident_reported_to_row>;
  status?: incident_status;
  lessons?: string;
  remarks?: Record<string, incident_remarks_row>;
}

export type medal_award_state = 'eligible' | 'nominated' | 'awarded' | 'declined';

export interface medal_award {
  volunteer?: string;
  medal?: medal;
  rule?: string;
  hours_at?: number;
  counted_on?: string;
  state?: medal_award_state;
  because?: string;
  awarded_on?: string;
  declined_because?: string;
}

export interface medal_rule {
  medal?: medal;
  min_hours?: number;
  effective_on?: string;
  note?: string;
}

export type referral_state = 'proposed' | 'consented' | 'approved' | 'sent' | 'accepted' | 'refused' | 'outcome_known' | 'closed' | 'withdrawn';

export interface referral_remarks_row {
  text: string;
}

export interface referral {
  case?: string;
  receiver?: string;
  reason?: string;
  summary?: string;
  proposed_on?: string;
  state?: referral_state;
  returned_because?: string;
  sent_on?: string;
  follow_up_on?: string;
  answered_by?: string;
  answered_on?: string;
  refused_because?: string;
  outcome?: string;
  withdrawn_because?: string;
  closed_on?: string;
  remarks?: Record<string, referral_remarks_row>;
}

export interface resident_remarks_row {
  text: string;
  about?: string;
}

export interface resident {
  name?: string;
  household?: string;
  relation?: relation;
  sex?: sex;
  born_on?: string;
  phone?: string;
  residence_status?: residence_status;
  vulnerabilities?: Partial<Record<vulnerability, true>>;
  risk_level?: risk_level;
  risk_reason?: string;
  health_note?: string;
  emergency_contact?: string;
  deceased_on?: string;
  remarks?: Record<string, resident_remarks_row>;
}

export interface review_setting {
  effective_on?: string;
  mode?: review_mode;
  percent?: number;
  passes_after_days?: number;
  note?: string;
}

export type shift_state = 'expected' | 'called_off';

export interface shift {
  volunteer?: string;
  offered_to?: string;
  duty?: string;
  activity?: string;
  project?: string;
  role?: string;
  place?: string;
  shift_on?: string;
  starts_at?: string;
  ends_at?: string;
  signed_in_at?: string;
  signed_out_at?: string;
  signed_in_by?: string;
  signed_out_by?: string;
  phone_in_at?: string;
  phone_out_at?: string;
  said_code?: string;
  note?: string;
  state?: shift_state;
  called_off_because?: string;
}

export type sign_up_state = 'wanted' | 'confirmed' | 'waiting' | 'declined' | 'withdrawn';

export interface sign_up {
  duty?: string;
  volunteer?: string;
  role?: string;
  note?: string;
  clash_known?: boolean;
  state?: sign_up_state;
  position?: number;
  shift?: string;
  clash?: boolean;
  because?: sign_up_because;
  answer?: string;
}

export interface signal_note {
  team?: string;
  rule?: string;
  subject?: string;
  until?: string;
  reason?: string;
}

export type supervision_session_state = 'planned' | 'held' | 'actions_open' | 'closed';

export interface supervision_session_people_row {
  person: string;
}

export interface supervision_session_agreed_actions_row {
  what: string;
  by?: string;
  until?: string;
  done?: boolean;
}

export interface supervision_session {
  type?: supervision_type;
  held_on?: string;
  supervisor?: string;
  people?: Record<string, supervision_session_people_row>;
  place?: string;
  topics?: string;
  state?: supervision_session_state;
  agreed_actions?: Record<string, supervision_session_agreed_actions_row>;
  next_on?: string;
}

export type training_state = 'planned' | 'held' | 'verified' | 'cancelled';

export interface training_helpers_row {
  person: string;
}

export interface training_people_row {
  name: string;
  present?: boolean;
  passed?: boolean;
  score?: number;
}

export interface training_remarks_row {
  text: string;
}

export interface training {
  type?: training_type;
  topics?: string;
  held_on?: string;
  starts_at?: string;
  ends_at?: string;
  minutes?: number;
  trainer?: string;
  place?: string;
  tested?: boolean;
  helpers?: Record<string, training_helpers_row>;
  people?: Record<string, training_people_row>;
  state?: training_state;
  verified_on?: string;
  cancelled_because?: string;
  remarks?: Record<string, training_remarks_row>;
}

export type visit_request_state = 'asked' | 'planned' | 'declined' | 'withdrawn';

export interface visit_request {
  household?: string;
  asked_by?: string;
  phone?: string;
  channel?: request_channel;
  asked_on?: string;
  wanted?: string;
  wish_on?: string;
  wish_part?: day_part;
  needs?: Partial<Record<request_need, true>>;
  state?: visit_request_state;
  visit?: string;
  declined_because?: string;
  withdrawn_because?: string;
}

export type volunteer_state = 'applied' | 'doc_review' | 'interview' | 'admitted' | 'training' | 'active' | 'paused' | 'advised_to_leave' | 'resigned' | 'rejected' | 'archived';

export interface volunteer_availability_row {
  weekday: weekday;
  day_part: day_part;
}

export interface volunteer_remarks_row {
  text: string;
  about?: string;
}

export interface volunteer {
  person?: string;
  name?: string;
  phone?: string;
  birth_date?: string;
  applied_on?: string;
  on_paper?: boolean;
  channel?: volunteer_channel;
  motive?: string;
  skills?: Partial<Record<volunteer_skill, true>>;
  languages?: Partial<Record<volunteer_language, true>>;
  target_groups?: Partial<Record<target_group, true>>;
  availability?: Record<string, volunteer_availability_row>;
  guardian_name?: string;
  guardian_phone?: string;
  guardian_agreed_on?: string;
  state?: volunteer_state;
  doc_reviewed_on?: string;
  interview_on?: string;
  interview_place?: string;
  interviewed_on?: string;
  admitted_on?: string;
  rejected_because?: string;
  rejected_on?: string;
  agreement_on?: string;
  agreed_wording?: volunteer_agreement;
  agreed_how?: volunteer_agreed_how;
  active_since?: string;
  paused_until?: string;
  paused_because?: string;
  left_on?: string;
  left_because?: string;
  core_member?: boolean;
  team_name?: string;
  remarks?: Record<string, volunteer_remarks_row>;
}

export type volunteer_assessment_state = 'due' | 'collecting' | 'scored' | 'decided' | 'told' | 'appealed' | 'final';

export interface volunteer_assessment_client_feedback_row {
  said_on: string;
  satisfied: number;
  words?: string;
}

export interface volunteer_assessment_staff_evaluations_row {
  by: string;
  words: string;
}

export interface volunteer_assessment {
  volunteer?: string;
  period?: assessment_period;
  from_on?: string;
  to_on?: string;
  certified_hours?: number;
  trainings?: number;
  conduct?: number;
  state?: volunteer_assessment_state;
  client_feedback?: Record<string, volunteer_assessment_client_feedback_row>;
  staff_evaluations?: Record<string, volunteer_assessment_staff_evaluations_row>;
  training_ok?: boolean;
  proposed_result?: assessment_result;
  result?: assessment_result;
  because?: string;
  told_to?: string;
  told_on?: string;
  appeal?: string;
  appeal_answer?: string;
}

export interface volunteer_screening {
  volunteer?: string;
  step?: volunteer_screening_step;
  done_on?: string;
  note?: string;
}

export interface ValuesOf {
  activity: activity;
  activity_session: activity_session;
  assessment_setting: assessment_setting;
  calendar_year: calendar_year;
  case: case_;
  case_confidential: case_confidential;
  case_progress: case_progress;
  conduct_decision: conduct_decision;
  conduct_event: conduct_event;
  consent: consent;
  duty: duty;
  duty_code: duty_code;
  field_task: field_task;
  follow_up: follow_up;
  follow_up_plan: follow_up_plan;
  group: group;
  group_session: group_session;
  home_visit: home_visit;
  hour_certificate: hour_certificate;
  hour_check: hour_check;
  hour_check_plan: hour_check_plan;
  hour_entry: hour_entry;
  hour_rule: hour_rule;
  household: household;
  incident: incident;
  medal_award: medal_award;
  medal_rule: medal_rule;
  referral: referral;
  resident: resident;
  review_setting: review_setting;
  shift: shift;
  sign_up: sign_up;
  signal_note: signal_note;
  supervision_session: supervision_session;
  training: training;
  visit_request: visit_request;
  volunteer: volunteer;
  volunteer_assessment: volunteer_assessment;
  volunteer_screening: volunteer_screening;
}
