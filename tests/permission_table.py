"""Who may do what, written by hand and not derived from the declarations; source: the duties of each role in the
district rules. Not here: how it is asked (schema/test_access.py of the function, server/test_matrix.py by every path).
"""

# kind -> role -> what: S read, C create, E change, T settle, R review; how far: o own, t team, c centre, added up.
MATRIX = {
    "calendar_year": {"window_clerk": "Sc", "director": "Sc Cc Ec"},
    "signal_note": {"supervisor": "St Ct Et", "director": "Sc Cc Ec"},
    "review_setting": {"supervisor": "Sc", "director": "Sc Cc Ec"},
    "household": {
        "outreach_worker": "St Ct Et",
        "supervisor": "St Ct Et Tt",
        "window_clerk": "Sc Cc",
        "director": "Sc Cc Ec",
    },
    "resident": {"outreach_worker": "St Ct Et", "supervisor": "St Ct Et Tt", "director": "Sc Cc Ec"},
    "consent": {"outreach_worker": "St Ct Et", "supervisor": "St Ct Et Tt", "director": "Sc Cc Ec"},
    "home_visit": {"outreach_worker": "Sot Ct Eo", "supervisor": "St Ct Et Tt Rt", "director": "Sc"},
    "case": {"outreach_worker": "So Co Eo", "supervisor": "St Ct Et Tt"},
    "case_confidential": {"outreach_worker": "So Co Eo", "supervisor": "So Co Eo", "director": "So"},
    "case_progress": {"outreach_worker": "So Co Eo", "supervisor": "St Ct Tt Rt"},
    "visit_request": {
        "outreach_worker": "So Ct Eo",
        "supervisor": "St Ct Et Tt",
        "window_clerk": "Sc Cc Ec",
        "director": "Sc",
    },
    "referral": {"outreach_worker": "So Co Eo", "supervisor": "St Ct Et Tt"},
    "incident": {
        **{role: "So Cc Eo" for role in ("outreach_worker", "volunteer", "volunteer_coordinator", "window_clerk")},
        "supervisor": "Sc Cc Ec Tc Rc",
        "director": "Sc Cc Ec",
    },
    "follow_up": {"outreach_worker": "So Eo", "supervisor": "St Ct Et Tt", "director": "Sc"},
    "follow_up_plan": {"supervisor": "St Ct Et Tt", "director": "Sc"},
    "hour_check": {"volunteer_coordinator": "Sc Cc Eo Tc", "director": "Sc Cc Eo"},
    "hour_check_plan": {"volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Cc Ec"},
    "field_task": {
        **{"outreach_worker": "So Ct Eo", "supervisor": "St Ct Et Tt"},
        **{"window_clerk": "So Cc", "director": "Sc Cc Ec"},
    },
    "group": {
        **{"outreach_worker": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec"},
        **{"supervisor": "St Ct Et Tt", "director": "Sc"},
    },
    # A volunteer who helps ticks the list and changes nothing else of it.
    **{
        kind: {
            **{"outreach_worker": "So Co Eo", "volunteer": "So", "volunteer_coordinator": "Sc Cc Ec"},
            **{"supervisor": "St Ct Et Tt Rt", "director": "Sc"},
        }
        for kind in ("group_session", "activity_session")
    },
    "activity": {
        **{"outreach_worker": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec"},
        **{"supervisor": "St Ct Et Tt", "director": "Sc Ec"},
    },
    # Whoever helps with the list of a training ticks it; the file of a volunteer is hers, what was noted of her is not.
    "training": {
        **{"outreach_worker": "So", "volunteer": "So", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    },
    "volunteer": {"volunteer": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "volunteer_screening": {"volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "shift": {"volunteer": "So Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "duty": {"volunteer": "Sc", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "duty_code": {"volunteer_coordinator": "Sc Cc Ec Tc"},
    "sign_up": {"volunteer": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc"},
    "hour_entry": {"volunteer": "So Co Eo", "volunteer_coordinator": "Sc Cc Ec Tc Rc", "director": "Sc Rc"},
    # The phone counts with it.
    "hour_rule": {
        **{role: "Sc" for role in ("volunteer", "volunteer_coordinator", "supervisor")},
        "director": "Sc Cc Ec",
    },
    **{kind: {"volunteer_coordinator": "Sc", "director": "Sc Cc Ec"} for kind in ("medal_rule", "assessment_setting")},
    # Made by the centre; a volunteer has it made for herself.
    "hour_certificate": {"volunteer": "So Co", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Ec"},
    "medal_award": {"volunteer": "So", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Ec"},
    "volunteer_assessment": {"volunteer": "So Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Ec"},
    "conduct_decision": {"volunteer": "So Eo", "volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Cc Ec"},
    # No volunteer sees what was said about another, or who said it.
    **{
        kind: {"volunteer_coordinator": "Sc Cc Ec Tc", "director": "Sc Cc Ec"}
        for kind in ("conduct_event", "supervision_session")
    },
}
