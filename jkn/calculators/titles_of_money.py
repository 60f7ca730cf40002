"""What the tables of the law about money are called, and every value in them, in words for anybody."""

from flask_babel import lazy_gettext as _l

from jkn.calculators.words import IN_FORCE, WHOLE_FAMILY, Title, Value, in_percent, in_rupiah

MONEY: tuple[tuple[str, dict[str, Title]], ...] = (
    (
        _l("What a month costs"),
        {
            "pbpu_tariff": Title(
                _l("Contribution of self-paying members (PBPU, BP)"),
                {
                    "class_1": in_rupiah(_l("Class I, a person a month")),
                    "class_2": in_rupiah(_l("Class II, a person a month")),
                    "class_3": in_rupiah(_l("Class III, a person a month")),
                    "class_3_gross": in_rupiah(_l("Class III with the aid")),
                    "aid": in_rupiah(_l("Aid of the governments to class III")),
                },
            ),
            "class3_aid": Title(
                _l("Who pays the aid to class III"),
                {
                    "central": in_rupiah(_l("The central government, a person a month")),
                    "regional": in_rupiah(_l("The regional government, a person a month")),
                    "regional_payer": Value(_l("Which region pays")),
                },
            ),
            "ppu": Title(
                _l("Contribution of workers (PPU)"),
                {
                    "rate_employer": in_percent(_l("The employer pays, of the wage")),
                    "rate_worker": in_percent(_l("The worker pays, of the wage")),
                    "extra_rate": in_percent(_l("For each further relative, of the wage")),
                    "covered_lives": Value(_l("People covered by the contribution")),
                    "class_split_wage": in_rupiah(_l("Class II up to a wage of")),
                },
            ),
            "ppu_pn": Title(
                _l("Contribution of the state's workers"),
                {
                    "rate_employer": in_percent(_l("The employer pays, of the wage")),
                    "rate_worker": in_percent(_l("The worker pays, of the wage")),
                },
            ),
            "ppu_cap": Title(_l("Highest wage that counts"), {"wage": in_rupiah(_l("Wage a month"))}),
            "ppu_floor": Title(
                _l("Lowest wage that counts"),
                {
                    "segments": Value(_l("For whom")),
                    "wage": Value(_l("Minimum wage of the place")),
                    "otherwise": Value(_l("Where there is none")),
                    "fractions": Value(_l("Fractions of a rupiah")),
                },
            ),
            "ppu_rounding": Title(
                _l("Rounding of workers' contributions"), {"method": Value(_l("Fractions of a rupiah"))}
            ),
            "pns_class": Title(
                _l("Class of civil servants"), {"class_2_up_to_grade": Value(_l("Class II up to grade"))}
            ),
            "bp_pn": Title(
                _l("Contribution of state pensioners"),
                {
                    "rate_government": in_percent(_l("The government pays, of the pension")),
                    "rate_pensioner": in_percent(_l("The pensioner pays, of the pension")),
                },
            ),
            "veteran": Title(
                _l("Contribution for veterans and pioneers"),
                {
                    "rate": in_percent(_l("The government pays")),
                    "base_share": in_percent(_l("Of this part of the base salary")),
                    "base_salary": in_rupiah(_l("Base salary of a civil servant III/a after 14 years")),
                },
            ),
            "pbi_tariff": Title(
                _l("Contribution for subsidised members (PBI)"), {"person": in_rupiah(_l("One person, one month"))}
            ),
            "pemda_tariff": Title(
                _l("Contribution for members of local governments"),
                {
                    "person": in_rupiah(_l("One person, one month")),
                    "effective_months": Value(_l("Counts after so many months")),
                    "priority_regions": Value(_l("Regions where it counts the same day")),
                },
            ),
            "kris": Title(_l("One standard ward (KRIS)"), {"in_force": IN_FORCE}),
        },
    ),
    (
        _l("Paying"),
        {
            "due_day": Title(_l("Last day to pay"), {"day": Value(_l("Day of the month"))}),
            "advance_payment": Title(
                _l("Paying ahead"), {"max_months": Value(_l("Most months at once, with the running one"))}
            ),
            "autodebit_days": Title(
                _l("Days of auto-debit"),
                {"first": Value(_l("First day of the month")), "second": Value(_l("Second day of the month"))},
            ),
            "autodebit_consent": Title(
                _l("Auto-debit at registration"),
                {
                    "class_1": Value(_l("Class I")),
                    "class_2": Value(_l("Class II")),
                    "class_3": Value(_l("Class III")),
                },
            ),
            "refund": Title(_l("Refunds"), {"decision_days": Value(_l("Days until the decision"))}),
            "late_fee": Title(_l("Late fee"), {"rate": in_percent(_l("For each month late"))}),
        },
    ),
    (
        _l("Falling behind"),
        {
            "suspension": Title(
                _l("When cover stops"),
                {"after_months": Value(_l("Months after the unpaid month")), "whole_family": WHOLE_FAMILY},
            ),
            "late_payer": Title(
                _l("What a late payer means for the member"),
                {
                    "pbpu": Value(_l("Self-paying (PBPU, BP)")),
                    "ppu": Value(_l("Workers (PPU)")),
                    "pbi": Value(_l("Subsidised (PBI)")),
                    "pemda": Value(_l("Local government")),
                    "bp_pn": Value(_l("State pensioners")),
                },
            ),
            "arrears_cap": Title(
                _l("Months in arrears that are billed"), {"months": Value(_l("Most months, beside the running one"))}
            ),
            "class3_arrears_basis": Title(_l("Price of class III in arrears"), {"price": Value(_l("Price"))}),
            "arrears_relaxation": Title(
                _l("Relief of 2020"),
                {
                    "in_force": IN_FORCE,
                    "arrears_months": Value(_l("Months in arrears that are enough")),
                    "which": Value(_l("Which of them")),
                    "rest_until": Value(_l("The rest is owed until"), "day"),
                },
            ),
            "rehab": Title(
                _l("Arrears in instalments (REHAB)"),
                {
                    "offered": Value(_l("Offered")),
                    "min_months": Value(_l("From so many months in arrears")),
                    "max_months": Value(_l("Up to so many months in arrears")),
                    "most_instalments": Value(_l("Most instalments")),
                    "half_rule": Value(_l("No more than half the months")),
                    "half_rounding": Value(_l("Half of an odd number")),
                    "include_running": Value(_l("Running months are included")),
                    "active_on": Value(_l("The card turns active on")),
                    "missed": Value(_l("After a missed instalment")),
                    "last_day": Value(_l("Last day of the month to join")),
                    "last_day_february": Value(_l("Last day to join in February")),
                },
            ),
            "rehab_alih": Title(
                _l("Instalments after changing the segment"),
                {
                    "offered": Value(_l("Offered")),
                    "min_months": Value(_l("From so many months in arrears")),
                    "most_instalments": Value(_l("Most instalments")),
                    "min_instalment": in_rupiah(_l("Least instalment a month")),
                },
            ),
            "penalty": Title(
                _l("Penalty for inpatient care"),
                {
                    "window_days": Value(_l("Days after reactivation")),
                    "rate": in_percent(_l("Of the estimated cost, for each month in arrears")),
                    "cap": in_rupiah(_l("At most")),
                    "max_months": Value(_l("Most months that count")),
                    "once": Value(_l("Only once in these days")),
                    "exempt": Value(_l("Exempt")),
                },
            ),
            "penalty_terms": Title(
                _l("Terms of the penalty"),
                {
                    "payer_pbpu": Value(_l("Who pays it: self-paying members")),
                    "payer_ppu": Value(_l("Who pays it: workers")),
                    "care": Value(_l("For which care")),
                    "rounding": Value(_l("Fractions of a rupiah")),
                    "poor_exempt": Value(_l("The certified poor are exempt")),
                    "once_per": Value(_l("Where one is owed once: for whom")),
                    "employer_due_months": Value(_l("An employer pays by the due day after so many months")),
                },
            ),
            "write_off": Title(
                _l("Forgiving arrears (pemutihan)"),
                {
                    "in_force": IN_FORCE,
                    "care_class": Value(_l("Class")),
                    "max_months": Value(_l("Most months")),
                },
            ),
        },
    ),
)
