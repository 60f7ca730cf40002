"""What every table of the law is called, and every value in it, in words for anybody."""

from flask_babel import lazy_gettext as _l

from jkn.calculators.titles_of_money import MONEY
from jkn.calculators.words import IN_FORCE, WHOLE_FAMILY, Title, Value

SECTIONS: tuple[tuple[str, dict[str, Title]], ...] = (
    *MONEY,
    (
        _l("Joining and changing"),
        {
            "whole_family": Title(_l("Joining as a family"), {"required": Value(_l("Everybody together"))}),
            "first_payment": Title(
                _l("First payment"),
                {
                    "min_days": Value(_l("First day to pay, days after joining")),
                    "max_days": Value(_l("Last day to pay, days after joining")),
                },
            ),
            "newborn": Title(
                _l("Newborns"),
                {
                    "register_days": Value(_l("Register within days of birth")),
                    "nik_months": Value(_l("NIK within months of birth")),
                },
            ),
            "of_age": Title(_l("Acting for oneself"), {"years": Value(_l("From this birthday"))}),
            "child": Title(
                _l("Children of workers"),
                {
                    "max_age": Value(_l("Covered until this birthday")),
                    "max_age_student": Value(_l("Until this one while studying")),
                },
            ),
            "foreigner": Title(_l("Foreigners"), {"months": Value(_l("Members from so many months of work"))}),
            "class_change": Title(
                _l("Changing the class"),
                {
                    "min_months": Value(_l("Months in the present class")),
                    "effective_months": Value(_l("Counts after so many months")),
                    "whole_family": WHOLE_FAMILY,
                    "no_arrears": Value(_l("Only without arrears")),
                },
            ),
            "class_step_down": Title(
                _l("Stepping down a class without waiting"),
                {"in_force": IN_FORCE, "registered_before": Value(_l("For who joined before"), "day")},
            ),
            "segment_change": Title(
                _l("Changing the segment"), {"no_wait_months": Value(_l("Months to pay without a waiting time"))}
            ),
            "ppu_changes": Title(
                _l("Changes that an employer reports"),
                {
                    "before_end": Value(_l("Days before the month's end")),
                    "additions_day": Value(_l("More relatives until day")),
                },
            ),
            "layoff": Title(
                _l("After a layoff (PHK)"),
                {"months": Value(_l("Months of cover without paying")), "care_class": Value(_l("Class"))},
            ),
            "abroad": Title(_l("Staying abroad"), {"months": Value(_l("Not billed from so many months"))}),
            "pbi_guarantee": Title(
                _l("Removed from PBI"), {"months": Value(_l("Months in which you are still served"))}
            ),
        },
    ),
    (
        _l("Care and complaints"),
        {
            "fktp_change": Title(
                _l("Changing the clinic"),
                {
                    "min_months": Value(_l("Months at the present clinic")),
                    "effective_months": Value(_l("Counts after so many months")),
                    "away_visits": Value(_l("Visits to another clinic when travelling")),
                    "away_days": Value(_l("Within so many days")),
                },
            ),
            "fktp_capacity": Title(
                _l("Members of a clinic"),
                {
                    "members_per_doctor": Value(_l("For each doctor")),
                    "members_per_dentist": Value(_l("For each dentist")),
                },
            ),
            "referral": Title(
                _l("Referral letters"),
                {
                    "valid_days": Value(_l("Good for days")),
                    "competency_based": Value(_l("By the hospital's competency")),
                },
            ),
            "screening": Title(_l("Questions about your health"), {"interval_months": Value(_l("Again after months"))}),
            "sep": Title(
                _l("Papers of an inpatient (SEP)"),
                {"times": Value(_l("Working days to settle them")), "hours": Value(_l("Hours of each"))},
            ),
            "emergency": Title(_l("Emergencies: nobody may refuse you"), {}),
            "complaint_days": Title(_l("Answer to a complaint"), {"working_days": Value(_l("Working days"))}),
            "lapor_days": Title(
                _l("Complaints through SP4N-LAPOR"),
                {
                    "receive": Value(_l("Working days to receive it")),
                    "information": Value(_l("Working days to ask for more")),
                    "plain": Value(_l("Working days to answer")),
                    "on_the_spot": Value(_l("Working days with a look on the spot")),
                },
            ),
            "decreed_leave": Title(_l("Leave days decreed later"), {"working": Value(_l("Working day"))}),
        },
    ),
)
TITLES = {table: title for _heading, tables in SECTIONS for table, title in tables.items()}
