"""Every table of the first release."""

from peewee import *


def up(migrator, db):
    class Partner(Model):
        id = BigAutoField()
        client_id = CharField(max_length=36, unique=True)
        name = CharField(max_length=60)
        service_id = CharField(max_length=8)
        public_key = TextField()
        created_at = DateTimeField()
        suspended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "partner"

    class AccessToken(Model):
        id = BigAutoField()
        token_hash = CharField(max_length=64, unique=True)
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+")
        expires_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "access_token"

    class Person(Model):
        id = BigAutoField()
        nik = BlobField(null=True)
        name = CharField(max_length=100, index=True)
        born = DateField()
        sex = CharField(max_length=1)
        card = CharField(max_length=13)
        phone = BlobField(null=True)
        phone_hash = CharField(max_length=64, null=True, index=True)
        email = BlobField(null=True)
        language = CharField(max_length=5, null=True)
        died_on = DateField(null=True)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "person"

    class Account(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", unique=True)
        pin_hash = CharField(max_length=120, null=True)
        pin_set_at = DateTimeField(null=True)
        raise_from = DateTimeField(null=True)
        proven_in_person = BooleanField()

        class Meta:
            database = db
            table_name = "account"

    class Attempt(Model):
        id = BigAutoField()
        key = CharField(max_length=64, unique=True)
        failed = IntegerField()
        in_row = IntegerField()
        until = DateTimeField()
        touched_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "attempt"

    class Family(Model):
        id = BigAutoField()
        kk = BlobField()
        head_id = BigIntegerField(null=True)
        village_code = CharField(max_length=13, null=True)
        address = CharField(max_length=200)
        rt = CharField(max_length=3)
        rw = CharField(max_length=3)
        mailing_address = CharField(max_length=200, null=True)
        proven_at = DateTimeField(null=True)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "family"

    class Payer(Model):
        id = BigAutoField()
        kind = CharField(max_length=12)
        family = ForeignKeyField(Family, on_delete="RESTRICT", backref="+", null=True, unique=True)
        code = CharField(max_length=32, null=True)
        name = CharField(max_length=100)
        registered_on = DateField(null=True)
        liable_from = DateField(null=True)

        class Meta:
            database = db
            table_name = "payer"
            indexes = ((("kind", "code"), True),)
            constraints = [Check("kind <> 'family' OR family_id IS NOT NULL")]

    class Payment(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        number = CharField(max_length=16)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        paid_on = DateField()
        paid_at = DateTimeField()
        received_at = DateTimeField()
        via = CharField(max_length=60)
        reference = CharField(max_length=128)
        months = JSONField()

        class Meta:
            database = db
            table_name = "payment"
            indexes = ((("payer", "number"), True),)

    class BankNotice(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+")
        reference = CharField(max_length=128)
        va = CharField(max_length=28)
        amount = BigIntegerField()
        trx_at = DateTimeField(null=True)
        received_at = DateTimeField()
        is_late = BooleanField(index=True)
        seen_by_officer_at = DateTimeField(null=True)
        payment = ForeignKeyField(Payment, on_delete="RESTRICT", backref="+", null=True)
        answer = JSONField()

        class Meta:
            database = db
            table_name = "bank_notice"
            indexes = ((("partner", "reference"), True),)

    class Bill(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        month = DateField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        due_on = DateField()
        basis = CharField(max_length=60)
        issued_at = DateTimeField()

        class Meta:
            database = db
            table_name = "bill"
            indexes = ((("payer", "month"), True),)

    class BillLine(Model):
        id = BigAutoField()
        bill = ForeignKeyField(Bill, on_delete="CASCADE", backref="+")
        payer_id = BigIntegerField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        care_class = IntegerField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        aid = BigIntegerField(constraints=[Check("aid >= 0")])

        class Meta:
            database = db
            table_name = "bill_line"
            indexes = ((("payer_id", "bill", "person"), True),)

    class Card(Model):
        id = BigAutoField()
        number = CharField(max_length=13, unique=True)
        tail = CharField(max_length=11, unique=True)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "card"

    class ClinicChoice(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        facility_code = CharField(max_length=8)
        since = DateField()
        attempt = SmallIntegerField()
        chosen_at = DateTimeField()
        undone_at = DateTimeField(null=True)
        exemption = CharField(max_length=10, null=True)
        letter = CharField(max_length=60, null=True)
        key = CharField(max_length=32)

        class Meta:
            database = db
            table_name = "clinic_choice"
            indexes = (
                (("person", "key"), True),
                (("person", "since", "attempt"), True),
            )

    class Complaint(Model):
        id = BigAutoField()
        family_id = BigIntegerField(null=True)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
        ticket = BlobField()
        category = CharField(max_length=16)
        text = BlobField()
        facility_code = CharField(max_length=8, null=True)
        place = BlobField(null=True)
        contact = BlobField(null=True)
        stage = CharField(max_length=12)
        steps = IntegerField()
        filed_at = DateTimeField()
        due_on = DateField(null=True, index=True)

        class Meta:
            database = db
            table_name = "complaint"
            constraints = [Check("(due_on IS NULL) = (stage IN ('answered', 'solved'))")]

    class ComplaintStep(Model):
        id = BigAutoField()
        family_id = BigIntegerField(null=True)
        complaint = ForeignKeyField(Complaint, on_delete="RESTRICT", backref="+")
        number = IntegerField()
        stage = CharField(max_length=12)
        at = DateTimeField()
        text = BlobField(null=True)
        by_officer = BigIntegerField(null=True)
        to_office = CharField(max_length=16, null=True)
        to_facility = CharField(max_length=8, null=True)
        due_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "complaint_step"
            indexes = ((("complaint", "number"), True),)

    class Draft(Model):
        id = BigAutoField()
        token_hash = CharField(max_length=64, unique=True)
        resume_hash = CharField(max_length=64, null=True, unique=True)
        purpose = CharField(max_length=20)
        answers = BlobField()
        person_id = BigIntegerField(null=True)
        created_at = DateTimeField()
        touched_at = DateTimeField()
        expires_at = DateTimeField(index=True)
        done_at = DateTimeField(null=True)
        result = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "draft"

    class Enrolment(Model):
        id = BigAutoField()
        family = ForeignKeyField(Family, on_delete="RESTRICT", backref="+")
        payer_id = BigIntegerField()
        registrant = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
        registered_on = DateField()
        people = SmallIntegerField()
        care_class = IntegerField()
        autodebit = CharField(max_length=8)
        consent = CharField(max_length=20)
        consented_at = DateTimeField()
        gives_access = BooleanField()
        key = CharField(max_length=32)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "enrolment"
            indexes = (
                (("family", "key"), True),
                (("family", "registered_on"), True),
            )

    class Entry(Model):
        id = BigAutoField()
        act = CharField(max_length=40)
        at = DateTimeField(index=True)
        family_id = BigIntegerField(null=True, index=True)
        person_id = BigIntegerField(null=True, index=True)
        subject = CharField(max_length=60)
        by_person = BigIntegerField(null=True)
        by_officer = BigIntegerField(null=True)
        role = CharField(max_length=12, null=True)
        on_behalf_of = BigIntegerField(null=True)
        level = IntegerField()
        channel = CharField(max_length=12)
        device = BigIntegerField(null=True)
        grant = BigIntegerField(null=True)
        office = CharField(max_length=16, null=True)
        request_id = CharField(max_length=32, null=True)
        count = IntegerField()
        details = JSONField()

        class Meta:
            database = db
            table_name = "entry"

    class Facility(Model):
        id = BigAutoField()
        code = CharField(max_length=8, unique=True)
        name = CharField(max_length=100)
        kind = CharField(max_length=40)
        tier = CharField(max_length=10)
        section = CharField(max_length=10)
        regency_code = CharField(max_length=5)
        regency = CharField(max_length=60)
        address = CharField(max_length=200)
        phone = CharField(max_length=32)
        lat = FloatField(null=True)
        lon = FloatField(null=True)
        words = CharField(max_length=400)

        class Meta:
            database = db
            table_name = "facility"
            indexes = (
                (("regency_code", "section"), False),
                (("section", "lat", "lon"), False),
            )
            constraints = [Check("(lat IS NULL) = (lon IS NULL)")]

    class Officer(Model):
        id = BigAutoField()
        username = CharField(max_length=40, unique=True)
        name = CharField(max_length=100)
        role = CharField(max_length=12)
        office = CharField(max_length=16, null=True)
        facility = CharField(max_length=8, null=True)
        password_hash = CharField(max_length=120)
        totp = BlobField()
        totp_step = BigIntegerField()
        suspended_at = DateTimeField(null=True)
        created_at = DateTimeField()

        class Meta:
            database = db
            table_name = "officer"

    class Kiosk(Model):
        id = BigAutoField()
        facility_code = CharField(max_length=8)
        place = CharField(max_length=60)
        enrolled_by = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+", null=True)
        code_hash = CharField(max_length=64, null=True, unique=True)
        code_until = DateTimeField(null=True)
        token_hash = CharField(max_length=64, null=True, unique=True)
        created_at = DateTimeField()
        joined_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "kiosk"

    class KkIndex(Model):
        id = BigAutoField()
        hash = CharField(max_length=64, unique=True)
        key_id = SmallIntegerField()
        family = ForeignKeyField(Family, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "kk_index"

    class KnownDevice(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        token_hash = CharField(max_length=64)
        seen_at = DateTimeField()

        class Meta:
            database = db
            table_name = "known_device"
            indexes = ((("person", "token_hash"), True),)

    class LookUpCount(Model):
        id = BigAutoField()
        key = CharField(max_length=64)
        day = DateField()
        count = IntegerField(constraints=[Check("count >= 0")])

        class Meta:
            database = db
            table_name = "look_up_count"
            indexes = ((("key", "day"), True),)

    class Movement(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        debit = CharField(max_length=12)
        credit = CharField(max_length=12)
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        source = CharField(max_length=60)
        booked_on = DateField()
        at = DateTimeField()
        reverses = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "movement"
            indexes = ((("payer", "source"), True),)
            constraints = [Check("debit <> credit")]

    class NikIndex(Model):
        id = BigAutoField()
        hash = CharField(max_length=64, unique=True)
        key_id = SmallIntegerField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "nik_index"

    class Notice(Model):
        id = BigAutoField()
        family_id = BigIntegerField(null=True)
        person_id = BigIntegerField(index=True)
        name = CharField(max_length=40)
        values = JSONField()
        reference = CharField(max_length=60)
        created_at = DateTimeField()
        seen_at = DateTimeField(null=True)
        sent_at = DateTimeField(null=True)
        tries = IntegerField()

        class Meta:
            database = db
            table_name = "notice"
            indexes = ((("person_id", "reference"), True),)

    class Office(Model):
        id = BigAutoField()
        code = CharField(max_length=16, unique=True)
        name = CharField(max_length=100)
        address = CharField(max_length=200)
        phone = CharField(max_length=32)
        hours = CharField(max_length=100)

        class Meta:
            database = db
            table_name = "office"

    class OfficeRegency(Model):
        id = BigAutoField()
        office = ForeignKeyField(Office, on_delete="CASCADE", backref="+")
        regency_code = CharField(max_length=5)

        class Meta:
            database = db
            table_name = "office_regency"
            indexes = ((("regency_code", "office"), True),)

    class PartnerSecret(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+")
        secret = BlobField()
        created_at = DateTimeField()
        until = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "partner_secret"

    class Quote(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+")
        inquiry_id = CharField(max_length=128)
        va = CharField(max_length=28)
        asked = SmallIntegerField()
        amount = BigIntegerField(constraints=[Check("amount > 0")])
        lines = JSONField()
        people = SmallIntegerField()
        quoted_at = DateTimeField()
        valid_until = DateTimeField()

        class Meta:
            database = db
            table_name = "quote"
            indexes = ((("partner", "inquiry_id"), True),)

    class Region(Model):
        id = BigAutoField()
        code = CharField(max_length=13, unique=True)
        name = CharField(max_length=60)
        label = CharField(max_length=160)
        parent_code = CharField(max_length=13, null=True)
        level = IntegerField()
        kind = CharField(max_length=12)
        postcode = CharField(max_length=5)

        class Meta:
            database = db
            table_name = "region"
            indexes = ((("parent_code", "name"), False),)

    class Resident(Model):
        id = BigAutoField()
        nik = BlobField()
        nik_hash = CharField(max_length=64, unique=True)
        kk = BlobField()
        kk_hash = CharField(max_length=64, index=True)
        name = CharField(max_length=100)
        birth_place = CharField(max_length=60)
        born = DateField()
        sex = CharField(max_length=1, constraints=[Check("sex IN ('L', 'P')")])
        relation = CharField(max_length=16)
        marital = CharField(max_length=40)
        job = CharField(max_length=60)
        address = CharField(max_length=200)
        rt = CharField(max_length=3)
        rw = CharField(max_length=3)
        village_code = CharField(max_length=13)
        alive = BooleanField()
        batch = BigIntegerField()
        line = BigIntegerField()

        class Meta:
            database = db
            table_name = "resident"

    class SearchWord(Model):
        id = BigAutoField()
        kind = CharField(max_length=10)
        word = CharField(max_length=24)
        ref = CharField(max_length=13)

        class Meta:
            database = db
            table_name = "search_word"
            indexes = (
                (("kind", "word", "ref"), True),
                (("kind", "ref", "word"), False),
            )

    class Settlement(Model):
        id = BigAutoField()
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True)
        month = DateField()
        settled_on = DateField()
        at = DateTimeField()
        how = CharField(max_length=12)
        movement = ForeignKeyField(Movement, on_delete="RESTRICT", backref="+", null=True)

        class Meta:
            database = db
            table_name = "settlement"
            indexes = ((("payer", "month"), True),)

    class Sheet(Model):
        id = BigAutoField()
        salt = BlobField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        issued_at = DateTimeField()
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "sheet"

    class SheetCode(Model):
        id = BigAutoField()
        sheet = ForeignKeyField(Sheet, on_delete="CASCADE", backref="+")
        number = IntegerField(constraints=[Check("number BETWEEN 1 AND 10")])
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "sheet_code"
            indexes = ((("sheet", "number"), True),)

    class SignIn(Model):
        id = BigAutoField()
        token_hash = CharField(max_length=64, unique=True)
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+", null=True)
        officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+", null=True)
        level = IntegerField()
        channel = CharField(max_length=12)
        device = BigIntegerField(null=True)
        grant = BigIntegerField(null=True)
        agent = CharField(max_length=40)
        created_at = DateTimeField()
        seen_at = DateTimeField()
        idle_seconds = IntegerField()
        ends_at = DateTimeField()
        fresh_until = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "sign_in"
            constraints = [Check("(person_id IS NULL) <> (officer_id IS NULL)")]

    class Slip(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        salt = BlobField()
        officer = ForeignKeyField(Officer, on_delete="RESTRICT", backref="+")
        issued_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        revoked_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "slip"

    class Spell(Model):
        id = BigAutoField()
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        family_id = BigIntegerField(null=True, index=True)
        payer = ForeignKeyField(Payer, on_delete="RESTRICT", backref="+")
        segment = CharField(max_length=12)
        care_class = IntegerField(null=True)
        since = DateField()
        until = DateField(null=True)
        reason = CharField(max_length=60, null=True)
        class_since = DateField()

        class Meta:
            database = db
            table_name = "spell"
            indexes = (
                (("person", "segment", "since"), True),
                (("payer", "segment"), False),
            )
            constraints = [
                Check("until IS NULL OR until >= since"),
                Check("care_class IS NULL OR care_class IN (1, 2, 3)"),
            ]

    class Stay(Model):
        id = BigAutoField()
        family = ForeignKeyField(Family, on_delete="RESTRICT", backref="+")
        person = ForeignKeyField(Person, on_delete="RESTRICT", backref="+")
        relation = CharField(max_length=16)
        since = DateField()
        until = DateField(null=True)

        class Meta:
            database = db
            table_name = "stay"
            indexes = ((("family", "person", "since"), True),)

    class Ticket(Model):
        id = BigAutoField()
        key = CharField(max_length=32, unique=True)
        hash = CharField(max_length=64, unique=True)
        complaint = ForeignKeyField(Complaint, on_delete="RESTRICT", backref="+")

        class Meta:
            database = db
            table_name = "ticket"

    class UsedExternalId(Model):
        id = BigAutoField()
        partner = ForeignKeyField(Partner, on_delete="RESTRICT", backref="+")
        day = DateField(index=True)
        external_id = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "used_external_id"
            indexes = ((("partner", "day", "external_id"), True),)

    db.create_tables(
        [
            Partner,
            AccessToken,
            Person,
            Account,
            Attempt,
            Family,
            Payer,
            Payment,
            BankNotice,
            Bill,
            BillLine,
            Card,
            ClinicChoice,
            Complaint,
            ComplaintStep,
            Draft,
            Enrolment,
            Entry,
            Facility,
            Officer,
            Kiosk,
            KkIndex,
            KnownDevice,
            LookUpCount,
            Movement,
            NikIndex,
            Notice,
            Office,
            OfficeRegency,
            PartnerSecret,
            Quote,
            Region,
            Resident,
            SearchWord,
            Settlement,
            Sheet,
            SheetCode,
            SignIn,
            Slip,
            Spell,
            Stay,
            Ticket,
            UsedExternalId,
        ]
    )
