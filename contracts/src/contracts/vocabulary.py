"""The closed sets of terms that services and clients share; what people read for each is in `contracts.words`."""

from enum import StrEnum


class Route(StrEnum):
    INSPEKTORAT = "inspektorat"
    KPK = "kpk"


class Role(StrEnum):
    """A group at OpenBao: what its people may do there, ADR 0004 and the policies beside it say."""

    SUPER_ADMIN = "super-admin"
    INSPEKTUR = "inspektur"
    IRBAN = "irban"
    INVESTIGATOR = "investigator"
    OVERSEER = "overseer"


class IdentityOutcome(StrEnum):
    """What the checks of an offered identity say."""

    CONSISTENT = "consistent"
    INCONSISTENT = "inconsistent"
    UNSURE = "unsure"


class IdentityReason(StrEnum):
    """Why a check is not content, in words a reporter can act on."""

    LETTER_UNREADABLE = "letter_unreadable"
    NIK_STRUCTURE = "nik_structure"
    NIK_REGION = "nik_region"
    NIK_DATE = "nik_date"
    NIK_OTHER_ON_PHOTO = "nik_other_on_photo"
    NAME_OTHER_ON_PHOTO = "name_other_on_photo"
    BIRTH_DATE_OTHER_THAN_NIK = "birth_date_other_than_nik"
    SEX_OTHER_THAN_NIK = "sex_other_than_nik"
    PHOTO_DAMAGED = "photo_damaged"
    PHOTO_NOT_OF_A_CARD = "photo_not_of_a_card"
    PHOTO_HARD_TO_READ = "photo_hard_to_read"
    NOT_IN_REGISTRY = "not_in_registry"
    CHECK_FAILED = "check_failed"
    REVIEW_ASKED = "review_asked"


class IdentityLevel(StrEnum):
    """How far the reporter's identity is established; nobody but a person or a registry makes it "verified"."""

    NOT_YET_CHECKED = "belum_diperiksa"
    UNSURE = "belum_pasti"
    CONSISTENT = "konsisten"
    OFFICER = "petugas"
    REGISTRY = "dukcapil"
    DOUBTFUL = "meragukan"


class ReviewVerdict(StrEnum):
    """What the Super Admin found on looking at an identity."""

    OFFICER = "petugas"
    DOUBTFUL = "meragukan"


class EvidenceKind(StrEnum):
    """What a piece of evidence is to the reporter; its file type is found by content."""

    DOCUMENT = "dokumen"
    LETTER = "surat"
    TRANSACTION = "bukti_transaksi"
    PHOTO = "foto"
    VIDEO = "video"
    RECORDING = "rekaman_suara"
    CONVERSATION = "percakapan"
    OTHER = "lainnya"


class QuarantineReason(StrEnum):
    INFECTED = "infected"
    ENCRYPTED = "encrypted"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    TYPE_UNCLEAR = "type_unclear"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    DUPLICATE = "duplicate"
    CHECK_FAILED = "check_failed"


class CaseStatus(StrEnum):
    RECEIVED = "diterima"
    WAITING_FOR_IDENTITY = "menunggu_identitas"
    REVIEW = "telaah"
    CLARIFICATION = "klarifikasi"
    INVESTIGATION = "pemeriksaan"
    FINISHED = "selesai"
    REJECTED = "ditolak"
    HANDED_TO_APH = "dilimpahkan_aph"
    FORWARDED_TO_KPK = "diteruskan_kpk"


class CaseOutcome(StrEnum):
    PROVEN = "terbukti"
    NOT_PROVEN = "tidak_terbukti"
    REJECTED = "ditolak"
    HANDED_TO_APH = "dilimpahkan_aph"
    FORWARDED_TO_KPK = "diteruskan_kpk"


class RejectionReason(StrEnum):
    NOT_CORRUPTION = "bukan_korupsi"
    OUTSIDE_COMPETENCE = "bukan_kewenangan"
    EVIDENCE_TOO_THIN = "bukti_tidak_memadai"
    ALREADY_HANDLED = "sudah_ditangani"


class LegalBasis(StrEnum):
    """On what law a disclosure or the opening of an original stands."""

    PP_12_2017 = "pp_12_2017"
    WITNESS_PROTECTION = "uu_31_2014"
    CORRUPTION_LAW = "uu_31_1999"
    CRIMINAL_PROCEDURE = "kuhap"
    REPORTERS_CONSENT = "persetujuan_pelapor"


class DisclosureRecipient(StrEnum):
    KPK = "kpk"
    LPSK = "lpsk"
    APH = "aph"
    SUPER_ADMIN = "super-admin"


class Deadline(StrEnum):
    IDENTITY_REVIEW = "pemeriksaan_identitas"
    REVIEW = "telaah"
    CLARIFICATION = "klarifikasi"
    INVESTIGATION = "pemeriksaan"
    FORWARDING = "penerusan"


class ParcelKind(StrEnum):
    """What one parcel of a delivery to KPK holds."""

    REPORT = "report"
    IDENTITY = "identity"
    ORIGINAL = "original"
    COPY = "copy"
    MESSAGE = "message"
    NOTICE = "notice"


class Ground(StrEnum):
    """Why a report goes to KPK."""

    ROUTE = "route"
    APPROVED = "approved"
    DEADLINE = "deadline"
    OBJECTION = "objection"
    CONFLICT = "conflict"
    CLOSED = "closed"


class Notice(StrEnum):
    """What KPK is told about a report that it has; of a lost key, about any report."""

    STATUS = "status"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    OBJECTION = "objection"
    CONFLICT = "conflict"
    EVIDENCE_QUARANTINED = "evidence_quarantined"
    EVIDENCE_WITHHELD = "evidence_withheld"  # the reporter gives copies only, and of this piece none is made
    KEY_LOST = "key_lost"  # what the Inspektorat holds of it can't be read any more


class DeliveryFault(StrEnum):
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    RECEIPT_INVALID = "receipt_invalid"
    CONTENT_MISSING = "content_missing"


class KpkStatus(StrEnum):
    RECEIVED = "diterima_kpk"
    IN_REVIEW = "ditelaah_kpk"
    IN_HAND = "ditindaklanjuti_kpk"
    FINISHED = "selesai_kpk"
    RETURNED = "dikembalikan_kpk"


class ConflictSource(StrEnum):
    """Who says that a case concerns people who could reach it."""

    REPORTER = "reporter"
    READER = "reader"
    KPK = "kpk"


class LetterFault(StrEnum):
    """Why a letter could not be read by one of its recipients; one for each error of `contracts.letters.errors`."""

    NOT_A_LETTER = "not_a_letter"
    TOO_LARGE = "too_large"
    WRONG_REPORT = "wrong_report"
    WRONG_ROUTE = "wrong_route"
    WRONG_PURPOSE = "wrong_purpose"
    WRONG_LETTER_ID = "wrong_letter_id"
    WRONG_RECIPIENTS = "wrong_recipients"
    WRONG_WRITER = "wrong_writer"
    UNOPENABLE = "unopenable"
    HASH_MISMATCH = "hash_mismatch"
    BAD_SIGNATURE = "bad_signature"
    BODY_NOT_UNDERSTOOD = "body_not_understood"


class Category(StrEnum):
    """What a report is about."""

    BRIBERY = "suap"
    GRATIFICATION = "gratifikasi"
    EXTORTION = "pungutan_liar"
    EMBEZZLEMENT = "penggelapan"
    PROCUREMENT = "pengadaan"
    VILLAGE_FUND = "dana_desa"
    FICTITIOUS_TRAVEL = "perjalanan_dinas_fiktif"
    ABUSE_OF_OFFICE = "penyalahgunaan_wewenang"
    OTHER = "lainnya"


class Question(StrEnum):
    """What a reporter is asked so that a story is whole (5W+2H)."""

    WHAT = "what"
    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    HOW_MUCH = "how_much"


class LossBand(StrEnum):
    """The loss a reporter estimates, in rupiah."""

    UNKNOWN = "tidak_tahu"
    UNDER_10_MILLION = "di_bawah_10_juta"
    UNDER_100_MILLION = "10_100_juta"
    UNDER_1_BILLION = "100_juta_1_miliar"
    ABOVE_1_BILLION = "di_atas_1_miliar"
