"""The notes of law.toml, listed so that they are translated; a test keeps both alike."""

from jkn.errors import N_

NOTES = (
    N_("The rise of class III to 30.000 was cancelled; kept by Perpres 82/2018."),
    N_("Struck down by the Supreme Court, 7P/HUM/2020."),
    N_("What was paid too much is credited to the next months, ps 34(9)."),
    N_("The aid comes from the central government."),
    N_("The aid: 4.200 from the central, 2.800 from the regional government."),
    N_("There was none yet."),
    N_("uncertain: that the province pays the regional share, and not the regency."),
    N_("uncertain: a branch office bills 35.000 a month, one newspaper prints 42.000."),
    N_("uncertain: no source says which list of holidays counts."),
    N_("uncertain: no source says which list of holidays counts; the article is from memory."),
    N_("No decree found; the screens of the official application offer 1 to 12."),
    N_("uncertain: rate and article from memory."),
    N_("There were three classes."),
    N_("uncertain: due by 30 June 2025, then put off; no later decree was found."),
    N_("uncertain: six months are from memory."),
    N_("uncertain: that one month began here is from memory."),
    N_("uncertain: from memory."),
    N_("uncertain: the month it began is from memory."),
    N_("Phased in: one month more each month of 2019."),
    N_(
        "In 2020 six months and the running one were enough to be covered again; the rest was "
        "still owed, until the end of 2021."
    ),
    N_("There was none."),
    N_("uncertain: that the oldest six are paid, and that it counted for all of 2020."),
    N_("What was left from 2020 was owed until the end of 2021."),
    N_("uncertain: the rule before 2018, and that pensioners are never suspended, are from memory."),
    N_("uncertain: what a local government agrees on, and that pensioners are never suspended."),
    N_("uncertain: only a draft was announced; nothing is forgiven until a decree says so."),
    N_("uncertain: the basis of the first years is from memory."),
    N_("Members certified as poor were exempt too."),
    N_(
        "uncertain: cap, once and exemptions rest on what four branch heads said; whether the "
        "certified poor are still exempt is not known."
    ),
    N_("There was no penalty yet."),
    N_("uncertain: the terms of the first years are from memory."),
    N_("uncertain: how fractions of a rupiah are rounded."),
    N_("uncertain: how fractions of a rupiah are rounded, and until when an employer pays."),
    N_(
        "uncertain: whether the certified poor are still exempt; how fractions are rounded; until "
        "when an employer pays; whether once means each person or the whole family."
    ),
    N_("uncertain: how half the months are rounded, and what a missed instalment does."),
    N_(
        "uncertain: some branches say the card turns active on the first instalment; rounding and "
        "last day are not stated."
    ),
    N_("uncertain: one source says the least instalment is per person."),
    N_("uncertain: since when is from memory."),
    N_("The days are sourced; the regulation named here is from memory."),
    N_("uncertain: since when, and whether working days are meant."),
    N_("uncertain: the date is sourced, the number of the regulation is from memory."),
    N_("uncertain: seven days until 31 May 2015; last day, beginning and number of the regulation are from memory."),
    N_("uncertain: how days are counted, and that an unpaid registration lapses after the last."),
    N_("uncertain: the rule before 2018 is from memory."),
    N_("uncertain: how days are counted."),
    N_("The article is from memory."),
    N_("uncertain: the rule before 2019 is from memory."),
    N_("uncertain: the basis before 2018 is from memory."),
    N_("The value is sourced; the regulation named here is from memory."),
    N_("uncertain: the article and the visits before 2018 are from memory."),
    N_("uncertain: a norm, not a limit; the dentist's is from memory."),
    N_(
        "Whoever joined before 2020 could step down sooner until 30 April 2020. The regulation "
        "named here is from memory."
    ),
    N_("uncertain: the first and the last day are from memory."),
    N_("uncertain: whether referral by competency is live everywhere, and since when."),
    N_("uncertain: the rule before 2023 is from memory."),
    N_("uncertain: the month it began."),
    N_("uncertain: the document is from memory."),
    N_("uncertain: how 4,5 % was split, and the wage that divided the classes, are from memory."),
    N_("uncertain: the wage that divided the classes before 2018 is from memory."),
    N_("uncertain: the month in which one split for all began."),
    N_("uncertain: no source says how fractions of a rupiah are rounded."),
    N_("uncertain: that there was one before 2018 is from memory."),
    N_("uncertain: that the province's counts where there is no UMK; the dropped fractions are from one example."),
    N_("uncertain: the year is from memory."),
    N_("uncertain: the month it began, and the article, are from memory."),
    N_("uncertain: that it was the rate of PBI is from memory."),
    N_("uncertain: that it was the rate of PBI, and the month it began."),
    N_("uncertain: the month it began, and which regions have priority."),
    N_("uncertain: the split before 2018 is from memory."),
    N_("uncertain: the base salary before 2019 is not known here."),
    N_("uncertain: the base salary is from memory."),
    N_("For the eleven million removed in February 2026."),
    N_("uncertain: whether later removals are guaranteed too."),
    N_("uncertain: the five working days are from memory of the law's text."),
    N_("uncertain: the regulation named here is from memory."),
    N_("uncertain: the articles before 2023 are from memory."),
    N_("The day it came into force is from memory."),
)
