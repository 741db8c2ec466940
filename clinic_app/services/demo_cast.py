"""The forty people every demo clinic begins with: every condition, status and flag there is, told as stories.

They are invented. Indian telephone numbers begin with 555, which no mobile number there does; the British and American
ones are from the ranges kept free for films.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from clinic_app.domain.calendar import weeks
from clinic_app.domain.cases import CaseDetails, Hold, ReinjectionPlan, Side, Stop, StopReason
from clinic_app.domain.demo_stories import (
    DOCTORS,
    DemoDays,
    InventedBooking,
    InventedCall,
    InventedCase,
    InventedExternal,
    InventedPatient,
    InventedSession,
)
from clinic_app.domain.patients import Birth, Identifier, IdentifierKind, PatientDetails, Phone, Sex
from clinic_app.domain.schedule import AppointmentStatus, Attempt, ClinicRules, DrugSupply
from clinic_app.domain.treatment import SessionKind, SessionState
from clinic_app.services.demo_doses import FULL_STRENGTH, STRENGTHS, dilution_of, sites_of, units_of

FOURTEEN_TO_EIGHTEEN = ReinjectionPlan(weeks(14), weeks(18))
TEN_TO_FOURTEEN = ReinjectionPlan(weeks(10), weeks(14))
SIXTEEN_TO_TWENTY = ReinjectionPlan(weeks(16), weeks(20))


def cast(today: date, rules: ClinicRules, seed: int) -> tuple[InventedPatient, ...]:
    """The forty people with their stories up to ``today``."""
    stage = _Stage(DemoDays(today, rules), Random(f"cast {seed}"))  # noqa: S311
    people = (*_called(stage), *_expected(stage), *_apart(stage))
    return tuple(_with_past_bookings(person, stage.days) for person in people)


class _Stage:
    """Makes people and cases; draws what a seed may change: past intervals and doses, never where a case stands."""

    def __init__(self, days: DemoDays, chance: Random) -> None:
        self.days = days
        self._chance = chance
        self._people = 0

    def case(
        self,
        condition: str,
        recipe: str = "",
        *,
        side: Side | None = None,
        product: str | None = "ona",
        last: date | None = None,
        count: int = 7,
        pattern: str = "",
        onset: str = "",
        causes: tuple[str, ...] = (),
        plan: ReinjectionPlan | None = None,
        guidance: str = "",
        notes: str = "",
        days_of: Sequence[date] = (),
        come_on: date | None = None,
        state: SessionState = SessionState.FINAL,
        calls: tuple[InventedCall, ...] = (),
        holds: tuple[Hold, ...] = (),
        stops: tuple[Stop, ...] = (),
    ) -> InventedCase:
        """A case injected ``count`` times, the last time on ``last`` (never where None); ``days_of`` gives the days."""
        details = CaseDetails(condition, side, pattern, onset, causes, (), plan, notes)
        days = tuple(days_of)
        if not days and last is not None:
            days = self.days.history(last, count, self._chance)
        sessions = []
        for position, day in enumerate(days):
            newest = position == len(days) - 1
            strength = FULL_STRENGTH if newest else STRENGTHS[min(position, self._chance.randint(1, 2))]
            sessions.append(
                InventedSession(
                    day,
                    product,
                    units_of(recipe, side, strength),
                    sites_of(recipe, side, strength),
                    state=state if newest else SessionState.FINAL,
                    come_on=come_on if newest else None,
                    dilution_ml=dilution_of(product, recipe),
                    guidance=guidance,
                    notes=_course(position),
                )
            )
        return InventedCase(details, tuple(sessions), holds, stops, calls)

    def person(
        self,
        name: str,
        mrn: str,
        sex: Sex,
        age: int,
        phone: Phone,
        village: str,
        *cases: InventedCase,
        bookings: tuple[InventedBooking, ...] = (),
        external: tuple[InventedExternal, ...] = (),
        independent: tuple[tuple[int, int], ...] = (),
        plan: ReinjectionPlan | None = None,
        guardian: str = "",
        weight_kg: float | None = None,
        alerts: tuple[str, ...] = (),
        notes: str = "",
        deceased_on: date | None = None,
        moved_on: date | None = None,
        uhid: str = "",
    ) -> InventedPatient:
        """A person with cases; known since the first of their sessions, or since last week."""
        self._people += 1
        first = min((session.day for case in cases for session in case.sessions), default=self.days.ago(9))
        known_since = min(first, self.days.ago(9)) - timedelta(days=7)
        numbers = (Identifier(mrn), Identifier(uhid, IdentifierKind.UHID)) if uhid else (Identifier(mrn),)
        if self._people % 4 == 0:
            birth = Birth(age=_age_then(age, known_since, self.days.today), age_on=known_since)
        else:
            birth = Birth(year=self.days.today.year - age)
        details = PatientDetails(
            name,
            sex,
            birth,
            numbers,
            (replace(phone, preferred=True),),
            guardian,
            village,
            weight_kg,
            phone.language,
            True,
            alerts,
            notes,
        )
        return InventedPatient(
            details,
            cases,
            known_since,
            DOCTORS[self._people % len(DOCTORS)],
            bookings,
            external,
            independent,
            plan,
            deceased_on,
            moved_on,
            pictured=True,
        )

    def called(
        self,
        ago: int,
        at: str,
        outcome: Attempt,
        *,
        again_in: int | None = None,
        again_at: str = "",
        spoke_to: str = "",
        note: str = "",
    ) -> InventedCall:
        """A call so many days ago."""
        again = None if again_in is None else self.days.today + timedelta(days=again_in)
        clock = time.fromisoformat(again_at) if again_at else None
        return InventedCall(self.days.ago(ago), time.fromisoformat(at), outcome, again, spoke_to, note, again_at=clock)


def _called(stage: _Stage) -> tuple[InventedPatient, ...]:
    """Who is overdue or due: the top of the call list."""
    days = stage.days
    seen = days.back(1)
    return (
        stage.person(
            "Asha Verma",
            "4127",
            Sex.FEMALE,
            58,
            Phone("98400 12207", "daughter", "Hindi"),
            "Rampur",
            stage.case(
                "blepharospasm_bilateral",
                "eyes",
                side=Side.BILATERAL,
                last=days.last_to_close(days.ago(8)),
                onset="2019, slowly; worse in bright light",
                causes=("idiopathic",),
                calls=(
                    stage.called(7, "09:05", Attempt.TOLD_FAMILY, spoke_to="son"),
                    stage.called(1, "11:42", Attempt.NO_ANSWER),
                ),
            ),
            uhid="UH-20-004127",
        ),
        stage.person(
            "Harpreet Gill",
            "3308",
            Sex.MALE,
            61,
            Phone("55520 12203", "wife", "Punjabi"),
            "Jalandhar",
            stage.case(
                "cd_laterocollis",
                "tilt_dysport",
                side=Side.LEFT,
                product="abo",
                last=days.last_to_close(days.ago(3)),
                onset="2016",
                guidance="EMG",
                calls=(stage.called(2, "10:20", Attempt.TOLD_FAMILY, again_in=0, again_at="16:00", spoke_to="wife"),),
            ),
        ),
        stage.person(
            "Lakshmi Nair",
            "2871",
            Sex.FEMALE,
            66,
            Phone("55547 12211", "self", "Malayalam"),
            "Palakkad",
            stage.case(
                "meige",
                "meige",
                side=Side.BILATERAL,
                last=days.last_to_close(days.ago(2)),
                onset="2015",
                calls=(stage.called(0, "09:40", Attempt.WORN_OFF, spoke_to="herself"),),
            ),
        ),
        stage.person(
            "Carlos Mendoza",
            "5012",
            Sex.MALE,
            47,
            Phone("+52 55 5555 0147", "self", "Spanish"),
            "Puebla",
            stage.case(
                "writers_cramp",
                "writing",
                side=Side.RIGHT,
                product="inco",
                last=days.last_to_close(days.today + timedelta(days=7)),
                count=6,
                onset="2021, a clerk",
                guidance="ultrasound",
            ),
            bookings=(InventedBooking(seen, status=AppointmentStatus.NO_SHOW),),
        ),
        stage.person(
            "Rakesh Pillai",
            "4460",
            Sex.MALE,
            52,
            Phone("55598 12240", "self", "Malayalam"),
            "Kollam",
            stage.case(
                "hemifacial_spasm",
                "half_face",
                side=Side.LEFT,
                last=days.last_to_close(days.today + timedelta(days=22)),
                onset="2020, left lower lid first",
            ),
        ),
        stage.person(
            "Meena Joshi",
            "1984",
            Sex.FEMALE,
            71,
            Phone("55511 12219", "son", "Marathi"),
            "Nashik",
            stage.case(
                "blepharospasm_bilateral",
                "eyes_brow",
                side=Side.BILATERAL,
                last=days.last_to_close(days.today + timedelta(days=23)),
                count=8,
                onset="2012",
                calls=(stage.called(3, "12:10", Attempt.CANNOT_COME_DRUG, again_in=4, note="scheme awaited"),),
            ),
        ),
        stage.person(
            "John Whitfield",
            "5127",
            Sex.MALE,
            44,
            Phone("+44 7700 900144", "self", "English"),
            "Leeds",
            stage.case(
                "cd_retrocollis",
                "backwards",
                last=days.last_to_open(days.today),
                count=5,
                onset="2022",
                guidance="EMG",
            ),
        ),
        stage.person(
            "Joseph D'Souza",
            "3571",
            Sex.MALE,
            57,
            Phone("55583 12235", "self", "Konkani"),
            "Margao",
            stage.case(
                "shoulder_dystonia",
                "shoulder",
                side=Side.RIGHT,
                last=days.last_to_close(days.ago(45)),
                count=5,
                onset="2018",
                calls=(
                    stage.called(30, "10:05", Attempt.WILL_COME, spoke_to="himself", note="after the harvest"),
                    stage.called(12, "15:30", Attempt.CANNOT_COME_TRAVEL, again_in=2),
                ),
            ),
        ),
        stage.person(
            "Fatima Begum",
            "2650",
            Sex.FEMALE,
            36,
            Phone("55540 12218", "brother", "Urdu"),
            "Warangal",
            stage.case(
                "generalised_acquired",
                "body_dysport",
                product="abo",
                last=days.last_to_close(days.ago(100)),
                count=5,
                onset="2014, after carbon monoxide",
                causes=("carbon_monoxide", "hypoxic_injury"),
                calls=(
                    stage.called(60, "09:50", Attempt.NO_ANSWER),
                    stage.called(41, "11:15", Attempt.SWITCHED_OFF),
                    stage.called(5, "16:20", Attempt.NO_ANSWER),
                ),
            ),
        ),
        stage.person(
            "Mohan Lal",
            "1750",
            Sex.MALE,
            54,
            Phone("55594 12223", "self", "Hindi"),
            "Sonipat",
            stage.case(
                "drug_induced",
                "neck_back",
                product=None,
                last=days.last_to_close(days.ago(205)),
                count=3,
                pattern="tardive",
                onset="2017, years of antipsychotics",
                causes=("neuroleptics",),
                notes="The product of the first sessions was not written down.",
            ),
        ),
        stage.person(
            "Ravi Shankar",
            "3902",
            Sex.MALE,
            59,
            Phone("55566 12202", "wife", "Tamil"),
            "Thanjavur",
            _touched_up(
                stage.case(
                    "oromandibular",
                    "jaw_closing",
                    pattern="jaw_closing",
                    last=days.last_to_close(days.today + timedelta(days=12)),
                    count=6,
                    onset="2019",
                ),
                after=21,
            ),
        ),
        stage.person(
            "Saroja Devi",
            "2214",
            Sex.FEMALE,
            62,
            Phone("55577 12213", "daughter-in-law", "Telugu"),
            "Guntur",
            stage.case(
                "spasmodic_dysphonia",
                "voice",
                pattern="adductor",
                last=days.last_to_close(days.today + timedelta(days=16)),
                count=7,
                onset="2013",
                guidance="EMG",
                calls=(stage.called(1, "10:45", Attempt.WANTS_DATE, spoke_to="daughter-in-law"),),
            ),
        ),
        stage.person(
            "Shanti Devi",
            "1333",
            Sex.FEMALE,
            73,
            Phone("55522 12233", "grandson", "Hindi"),
            "Gaya",
            stage.case(
                "blepharospasm_unilateral",
                "one_eye",
                side=Side.RIGHT,
                last=days.last_to_close(days.today + timedelta(days=19)),
                onset="2020, right eye only",
            ),
        ),
    )


def _expected(stage: _Stage) -> tuple[InventedPatient, ...]:
    """Who is coming, booked, or was just here."""
    days = stage.days
    seen = days.back(1)
    first, second, third = days.ahead(1), days.ahead(2), days.ahead(3)
    return (
        stage.person(
            "Farida Khan",
            "4415",
            Sex.FEMALE,
            49,
            Phone("55530 12249", "husband", "Urdu"),
            "Bhopal",
            stage.case("cd_torticollis", "turn", side=Side.RIGHT, last=days.last_to_open(days.ago(9)), onset="2018"),
            bookings=(InventedBooking(first, status=AppointmentStatus.CONFIRMED, drug=DrugSupply.APPROVED),),
        ),
        stage.person(
            "Suresh Menon",
            "3120",
            Sex.MALE,
            63,
            Phone("55595 12263", "self", "Malayalam"),
            "Thrissur",
            stage.case(
                "hemifacial_spasm",
                "half_face_neck",
                side=Side.RIGHT,
                last=days.last_to_open(days.ago(4)),
                count=8,
                onset="2014",
            ),
            bookings=(InventedBooking(first),),
        ),
        stage.person(
            "Elena Petrova",
            "5260",
            Sex.FEMALE,
            60,
            Phone("55512 12260", "self", "English"),
            "Pune",
            stage.case(
                "cervical_dystonia",
                "neck",
                product="inco",
                last=days.last_to_open(days.ago(15)),
                count=5,
                onset="2011",
            ),
            bookings=(InventedBooking(second, drug=DrugSupply.SCHEME_AWAITED, note="scheme papers sent"),),
        ),
        stage.person(
            "Mariana Souza",
            "4811",
            Sex.FEMALE,
            34,
            Phone("+55 11 5555 0134", "self", "Portuguese"),
            "Campinas",
            stage.case(
                "musicians_dystonia",
                "playing",
                side=Side.RIGHT,
                product="inco",
                pattern="hand",
                last=days.last_to_close(days.today + timedelta(days=2)),
                count=5,
                onset="2022, pianist",
                guidance="ultrasound",
            ),
            bookings=(InventedBooking(third, note="on tour until then"),),
        ),
        stage.person(
            "Vikram Rathore",
            "4702",
            Sex.MALE,
            29,
            Phone("55581 12229", "father", "Hindi"),
            "Jodhpur",
            stage.case(
                "hemidystonia",
                "half_body_dysport",
                side=Side.LEFT,
                product="abo",
                last=days.on_botox_day(days.ago(56)),
                count=4,
                onset="2020, after a stroke",
                causes=("stroke",),
                guidance="EMG",
            ),
            bookings=(
                InventedBooking(
                    second,
                    drug=DrugSupply.PATIENT_BRINGS,
                    reason="Hand so tight that he cannot wash; travels abroad next week",
                    decided_by="Dr Rao",
                ),
            ),
        ),
        stage.person(
            "Manuel Ortega",
            "3655",
            Sex.MALE,
            65,
            Phone("+57 1 555 0165", "wife", "Spanish"),
            "Cali",
            *_treated_together(stage),
            bookings=(InventedBooking(second, cases=(0, 1)),),
        ),
        stage.person(
            "Nirmala Hegde",
            "2987",
            Sex.FEMALE,
            57,
            Phone("55580 12257", "self", "Kannada"),
            "Udupi",
            stage.case(
                "blepharospasm_bilateral",
                "eyes",
                side=Side.BILATERAL,
                last=days.last_to_close(days.today + timedelta(days=14)),
                onset="2016",
            ),
            stage.case(
                "cd_torticollis",
                "turn",
                side=Side.LEFT,
                last=days.last_to_open(days.today + timedelta(days=6)),
                count=5,
                onset="2019",
            ),
            independent=((0, 1),),
            bookings=(InventedBooking(days.ahead(5), cases=(1,)),),
        ),
        stage.person(
            "Imran Sheikh",
            "4903",
            Sex.MALE,
            39,
            Phone("55590 12239", "self", "Urdu"),
            "Malegaon",
            stage.case(
                "writers_cramp",
                "writing_thumb",
                side=Side.RIGHT,
                product="inco",
                last=days.last_to_open(days.today + timedelta(days=5)),
                count=4,
                onset="2023, a teacher",
            ),
        ),
        stage.person(
            "Kavita Rao",
            "4034",
            Sex.FEMALE,
            45,
            Phone("55596 12245", "self", "Telugu"),
            "Vizianagaram",
            _coming_back(stage, days),
        ),
        stage.person(
            "Gurpreet Kaur",
            "2760",
            Sex.FEMALE,
            64,
            Phone("55598 12264", "son", "Punjabi"),
            "Moga",
            stage.case(
                "oromandibular",
                "jaw_opening",
                pattern="jaw_opening",
                last=days.last_to_open(days.today + timedelta(days=12)),
                onset="2015",
                guidance="EMG",
            ),
        ),
        stage.person(
            "Beatriz Romero",
            "5033",
            Sex.FEMALE,
            50,
            Phone("+54 11 5555 0150", "self", "Spanish"),
            "Rosario",
            stage.case(
                "multifocal",
                "arm_foot",
                last=days.last_to_open(days.today + timedelta(days=16)),
                count=4,
                onset="2017",
            ),
        ),
        stage.person(
            "Claire Dubois",
            "5194",
            Sex.FEMALE,
            53,
            Phone("+33 1 99 00 01 53", "self", "French"),
            "Lyon",
            stage.case(
                "cd_lateral_retro",
                "tilt_back",
                side=Side.RIGHT,
                last=days.last_to_open(days.today + timedelta(days=9), SIXTEEN_TO_TWENTY),
                count=5,
                onset="2020",
                plan=SIXTEEN_TO_TWENTY,
                notes="Does well for more than four months.",
            ),
        ),
        stage.person(
            "Anita Desai",
            "3785",
            Sex.FEMALE,
            55,
            Phone("55579 12255", "self", "Gujarati"),
            "Anand",
            stage.case(
                "blepharospasm_bilateral",
                "eyes",
                side=Side.BILATERAL,
                last=seen,
                onset="2017",
                state=SessionState.GIVEN,
            ),
        ),
        stage.person(
            "Subhash Bose",
            "2145",
            Sex.MALE,
            68,
            Phone("55533 12268", "wife", "Bengali"),
            "Howrah",
            stage.case(
                "cd_lateral_retro",
                "tilt_back_dysport",
                side=Side.LEFT,
                product="abo",
                last=seen,
                onset="2012",
                guidance="EMG",
            ),
        ),
    )


def _apart(stage: _Stage) -> tuple[InventedPatient, ...]:
    """Who is not due, waits, never began, or has gone."""
    days = stage.days
    gone = days.ago(40)
    moved = days.ago(75)
    return (
        stage.person(
            "Diego Fernández",
            "4988",
            Sex.MALE,
            51,
            Phone("+34 91 555 01 51", "self", "Spanish"),
            "Toledo",
            stage.case(
                "oromandibular",
                "jaw_deviation",
                side=Side.RIGHT,
                pattern="jaw_deviation",
                last=days.ago(14),
                count=4,
                onset="2021",
            ),
        ),
        stage.person(
            "Arjun Reddy",
            "4671",
            Sex.MALE,
            19,
            Phone("55570 12219", "mother", "Telugu"),
            "Nellore",
            stage.case(
                "generalised_isolated",
                "body",
                last=days.on_botox_day(days.ago(50)),
                count=5,
                onset="age 9, foot first",
                causes=("genetic_dyt",),
                notes="Family history: an uncle.",
            ),
            guardian="Padma Reddy",
        ),
        stage.person(
            "Kamala Subramaniam",
            "2099",
            Sex.FEMALE,
            69,
            Phone("55598 12269", "daughter", "Tamil"),
            "Madurai",
            stage.case(
                "hemifacial_spasm",
                "both_halves",
                side=Side.BILATERAL,
                last=days.on_botox_day(days.ago(42)),
                onset="2010",
            ),
            plan=FOURTEEN_TO_EIGHTEEN,
        ),
        stage.person(
            "Isabella Rossi",
            "5241",
            Sex.FEMALE,
            38,
            Phone("+39 06 555 0138", "self", "Italian"),
            "Siena",
            stage.case(
                "cd_torticollis",
                "turn",
                side=Side.RIGHT,
                last=days.on_botox_day(days.ago(95)),
                count=4,
                onset="2023",
            ),
            external=(
                InventedExternal(days.ago(36), "abo", Decimal(250), None, "a clinic at home, in the summer holidays"),
            ),
        ),
        stage.person(
            "Deepak Nambiar",
            "4820",
            Sex.MALE,
            33,
            Phone("55594 12233", "self", "Malayalam"),
            "Kannur",
            _touched_up(
                stage.case(
                    "musicians_dystonia",
                    "lips",
                    pattern="embouchure",
                    last=days.on_botox_day(days.ago(60)),
                    count=4,
                    onset="2022, trumpet",
                    plan=TEN_TO_FOURTEEN,
                ),
                after=24,
            ),
        ),
        stage.person(
            "Ingrid Larsen",
            "5206",
            Sex.FEMALE,
            66,
            Phone("+47 555 00 166", "self", "English"),
            "Bergen",
            stage.case(
                "oromandibular",
                "tongue",
                pattern="lingual",
                last=days.on_botox_day(days.ago(110)),
                count=4,
                onset="2019",
                holds=(Hold(days.ago(10), days.today + timedelta(days=24), "teeth are being treated"),),
            ),
        ),
        stage.person(
            "Lucía Hernández",
            "4755",
            Sex.FEMALE,
            41,
            Phone("+52 55 5555 0141", "self", "Spanish"),
            "Oaxaca",
            stage.case(
                "segmental_other",
                "neck_arm",
                side=Side.RIGHT,
                last=days.on_botox_day(days.ago(170)),
                count=4,
                onset="2018, neck, then the right arm",
                holds=(Hold(days.ago(120), days.today + timedelta(days=90), "pregnant"),),
            ),
            alerts=("pregnant",),
        ),
        stage.person(
            "Sneha Patil",
            "5288",
            Sex.FEMALE,
            15,
            Phone("55520 12215", "mother", "Marathi"),
            "Satara",
            stage.case(
                "dopa_responsive",
                onset="age 12, worse towards evening",
                causes=("genetic_dyt",),
                notes="Very well on levodopa; no injection planned so far.",
            ),
            guardian="Sunita Patil",
            weight_kg=42.0,
        ),
        stage.person(
            "Ramesh Chandra",
            "5291",
            Sex.MALE,
            70,
            Phone("55511 12270", "wife", "Hindi"),
            "Mathura",
            stage.case(
                "other_non_dystonia",
                onset="3 days: headache and unsteady gait",
                causes=("hydrocephalus_shunt",),
                notes="Hydrocephalus, shunt 2003, reviewed 2016. No toxin: the shunt is being looked at.",
            ),
        ),
        stage.person(
            "Balwinder Singh",
            "5295",
            Sex.MALE,
            62,
            Phone("55598 12262", "self", "Punjabi"),
            "Patiala",
            stage.case("oromandibular", pattern="mixed", onset="2024"),
            external=(InventedExternal(days.ago(33), None, None, None, "a hospital in another town"),),
        ),
        stage.person(
            "Anil Kulkarni",
            "3047",
            Sex.MALE,
            48,
            Phone("55589 12248", "self", "Marathi"),
            "Sangli",
            stage.case(
                "anismus",
                "pelvic_floor",
                last=days.on_botox_day(days.ago(200)),
                count=3,
                onset="2019",
                stops=(Stop(days.ago(90), StopReason.TRANSFERRED, "to the surgical clinic"),),
            ),
        ),
        stage.person(
            "Peter Novák",
            "2408",
            Sex.MALE,
            78,
            Phone("+44 7700 900178", "wife", "English"),
            "Brno",
            stage.case(
                "cd_anterocollis",
                "forwards",
                last=days.on_botox_day(days.ago(130)),
                onset="2013",
                stops=(Stop(gone, StopReason.DECEASED, "the family called"),),
            ),
            deceased_on=gone,
        ),
        stage.person(
            "Ana Beatriz Lima",
            "4533",
            Sex.FEMALE,
            46,
            Phone("+55 21 5555 0146", "self", "Portuguese"),
            "Niterói",
            stage.case(
                "hemifacial_spasm",
                "half_face",
                side=Side.RIGHT,
                last=days.on_botox_day(days.ago(165)),
                count=4,
                onset="2020",
                stops=(Stop(moved, StopReason.MOVED, "to another state"),),
            ),
            moved_on=moved,
        ),
    )


def _treated_together(stage: _Stage) -> tuple[InventedCase, InventedCase]:
    """A hand and a neck, injected at the same visits."""
    hand = stage.case(
        "writers_cramp",
        "writing",
        side=Side.RIGHT,
        last=stage.days.last_to_open(stage.days.ago(20)),
        count=6,
        onset="2017",
    )
    neck = stage.case(
        "cd_laterocollis", "tilt", side=Side.RIGHT, days_of=[session.day for session in hand.sessions], onset="2019"
    )
    return hand, neck


def _coming_back(stage: _Stage, days: DemoDays) -> InventedCase:
    """A neck bent forwards whose doctor gave a day of her own to come back."""
    last = days.last_to_open(days.today + timedelta(days=18))
    return stage.case(
        "cd_anterocollis",
        "forwards",
        last=last,
        count=5,
        onset="2021",
        guidance="ultrasound",
        come_on=days.today + timedelta(days=14),
    )


def _touched_up(case: InventedCase, after: int) -> InventedCase:
    """The case with a touch-up some days after its last injection, half the dose of its first site."""
    last = case.sessions[-1]
    site = replace(last.sites[0], units=last.sites[0].units / 2)
    small = replace(
        last,
        day=last.day + timedelta(days=after),
        sites=(site,),
        units=site.units,
        kind=SessionKind.TOUCH_UP,
        come_on=None,
        notes="One place was still active.",
    )
    return replace(case, sessions=(*case.sessions, small))


def _with_past_bookings(person: InventedPatient, days: DemoDays) -> InventedPatient:
    """The person with a kept booking for every visit of the last six months."""
    kept: dict[date, list[int]] = {}
    for place, case in enumerate(person.cases):
        for session in case.sessions:
            if session.day > days.ago(182):
                kept.setdefault(session.day, []).append(place)
    done = tuple(InventedBooking(day, tuple(places), AppointmentStatus.DONE) for day, places in sorted(kept.items()))
    return replace(person, bookings=(*done, *person.bookings))


def _age_then(age: int, then: date, today: date) -> int:
    """How old somebody of this age today was on a day, if the birthday is not known."""
    return age - (today - then).days // 365


def _course(position: int) -> str:
    return (
        "First injection.",
        "Better for ten weeks.",
        "Good effect, a little dry eyes or neck ache for a week.",
        "Good effect.",
        "Good effect, wears off in the last two weeks.",
    )[min(position, 4)]
