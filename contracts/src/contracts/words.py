"""The Indonesian and English words for every member of `contracts.vocabulary`."""

from dataclasses import dataclass
from enum import StrEnum

from contracts import vocabulary as v


@dataclass(frozen=True)
class Words:
    id: str
    en: str


def words(term: StrEnum) -> Words:
    """Give the words people read for a term of `contracts.vocabulary`."""
    indonesian, english = _WORDS[type(term)][term.value]
    return Words(indonesian, english)


def all_words() -> dict[str, dict[str, dict[str, str]]]:
    """Give the words of every set by its name, for the TypeScript half, which reads them as they stand."""
    return {
        terms.__name__: {term: {"id": indonesian, "en": english} for term, (indonesian, english) in found.items()}
        for terms, found in _WORDS.items()
    }


_WORDS: dict[type[StrEnum], dict[str, tuple[str, str]]] = {
    v.Route: {
        "inspektorat": ("Inspektorat Daerah", "Regional inspectorate"),
        "kpk": ("Langsung ke KPK", "Straight to KPK"),
    },
    v.Role: {
        "super-admin": ("Super Admin", "Super Admin"),
        "inspektur": ("Inspektur", "Head of the inspectorate"),
        "irban": ("Inspektur Pembantu", "Assistant head"),
        "investigator": ("Pemeriksa", "Investigator"),
        "overseer": ("Pengawas luar", "Overseer from outside"),
    },
    v.IdentityOutcome: {
        "consistent": ("Konsisten", "Consistent"),
        "inconsistent": ("Tidak konsisten", "Inconsistent"),
        "unsure": ("Belum pasti", "Unsure"),
    },
    v.IdentityReason: {
        "letter_unreadable": (
            "Data identitas tidak dapat dibuka, kirim sekali lagi",
            "The identity can't be opened, send it again",
        ),
        "nik_structure": ("NIK harus 16 angka", "A NIK has 16 digits"),
        "nik_region": ("Kode wilayah pada NIK tidak ada", "The region in the NIK doesn't exist"),
        "nik_date": ("Tanggal pada NIK tidak ada", "The date in the NIK doesn't exist"),
        "nik_other_on_photo": ("NIK pada foto KTP berbeda", "The NIK on the photo is another"),
        "name_other_on_photo": ("Nama pada foto KTP berbeda", "The name on the photo is another"),
        "birth_date_other_than_nik": ("Tanggal lahir berbeda dari NIK", "The birth date differs from the NIK"),
        "sex_other_than_nik": ("Jenis kelamin berbeda dari NIK", "The sex differs from the NIK"),
        "photo_damaged": ("Foto KTP tidak dapat dibaca", "The photo of the card is damaged"),
        "photo_not_of_a_card": ("Foto bukan foto KTP", "The photo doesn't show a card"),
        "photo_hard_to_read": ("Foto KTP kurang jelas", "The photo of the card is hard to read"),
        "not_in_registry": ("Tidak ditemukan di Dukcapil", "Not found in the civil registry"),
        "check_failed": ("Pemeriksaan tidak selesai", "The check did not finish"),
        "review_asked": ("Pelapor meminta pemeriksaan petugas", "The reporter asked for a person's look"),
    },
    v.IdentityLevel: {
        "belum_diperiksa": ("Belum diperiksa", "Not yet checked"),
        "belum_pasti": ("Belum pasti", "Unsure"),
        "konsisten": ("Konsisten", "Consistent"),
        "petugas": ("Diperiksa petugas", "Verified by an officer"),
        "dukcapil": ("Sesuai data Dukcapil", "Verified by the civil registry"),
        "meragukan": ("Meragukan", "Doubtful"),
    },
    v.ReviewVerdict: {
        "petugas": ("Diperiksa petugas", "Verified by an officer"),
        "meragukan": ("Meragukan", "Doubtful"),
    },
    v.EvidenceKind: {
        "dokumen": ("Dokumen", "Document"),
        "surat": ("Surat", "Letter"),
        "bukti_transaksi": ("Bukti transaksi", "Proof of payment"),
        "foto": ("Foto", "Photo"),
        "video": ("Video", "Video"),
        "rekaman_suara": ("Rekaman suara", "Sound recording"),
        "percakapan": ("Percakapan", "Conversation"),
        "lainnya": ("Lainnya", "Other"),
    },
    v.QuarantineReason: {
        "infected": ("Berisi virus", "Infected"),
        "encrypted": ("Terkunci kata sandi", "Locked by a password"),
        "type_not_accepted": ("Jenis berkas tidak diterima", "Type of file not accepted"),
        "type_unclear": ("Isi tidak sesuai jenis berkas", "The content is not what it seems"),
        "damaged": ("Berkas rusak", "Damaged"),
        "too_large": ("Terlalu besar", "Too large"),
        "duplicate": ("Berkas yang sama sudah ada", "The same file is there already"),
        "check_failed": ("Tidak dapat diperiksa", "Could not be checked"),
    },
    v.CaseStatus: {
        "diterima": ("Diterima", "Received"),
        "menunggu_identitas": ("Menunggu identitas", "Waiting for the identity"),
        "telaah": ("Telaah", "Review"),
        "klarifikasi": ("Klarifikasi", "Clarification"),
        "pemeriksaan": ("Pemeriksaan", "Investigation"),
        "selesai": ("Selesai", "Finished"),
        "ditolak": ("Ditolak", "Rejected"),
        "dilimpahkan_aph": ("Dilimpahkan ke aparat penegak hukum", "Handed to law enforcement"),
        "diteruskan_kpk": ("Diteruskan ke KPK", "Forwarded to KPK"),
    },
    v.CaseOutcome: {
        "terbukti": ("Terbukti", "Proven"),
        "tidak_terbukti": ("Tidak terbukti", "Not proven"),
        "ditolak": ("Ditolak", "Rejected"),
        "dilimpahkan_aph": ("Dilimpahkan ke aparat penegak hukum", "Handed to law enforcement"),
        "diteruskan_kpk": ("Diteruskan ke KPK", "Forwarded to KPK"),
    },
    v.RejectionReason: {
        "bukan_korupsi": ("Bukan tindak pidana korupsi", "Not about corruption"),
        "bukan_kewenangan": ("Di luar kewenangan", "Outside our competence"),
        "bukti_tidak_memadai": ("Bukti tidak memadai", "Evidence too thin"),
        "sudah_ditangani": ("Sudah ditangani", "Already handled"),
    },
    v.LegalBasis: {
        "pp_12_2017": ("PP 12/2017", "Government regulation 12/2017"),
        "uu_31_2014": ("UU 31/2014 (perlindungan saksi)", "Law 31/2014 (witness protection)"),
        "uu_31_1999": ("UU 31/1999 (tindak pidana korupsi)", "Law 31/1999 (corruption)"),
        "kuhap": ("KUHAP", "Code of criminal procedure"),
        "persetujuan_pelapor": ("Persetujuan pelapor", "The reporter's consent"),
    },
    v.DisclosureRecipient: {
        "kpk": ("KPK", "KPK"),
        "lpsk": ("LPSK", "Witness protection agency"),
        "aph": ("Aparat penegak hukum", "Law enforcement"),
        "super-admin": ("Super Admin", "Super Admin"),
    },
    v.Deadline: {
        "pemeriksaan_identitas": ("Pemeriksaan identitas", "Look at the identity"),
        "telaah": ("Telaah", "Review"),
        "klarifikasi": ("Klarifikasi", "Clarification"),
        "pemeriksaan": ("Pemeriksaan", "Investigation"),
        "penerusan": ("Penerusan ke KPK", "Forwarding to KPK"),
    },
    v.ParcelKind: {
        "report": ("Laporan", "Report"),
        "identity": ("Identitas", "Identity"),
        "original": ("Bukti asli", "Original"),
        "copy": ("Salinan bersih", "Clean copy"),
        "message": ("Pesan", "Message"),
        "notice": ("Pemberitahuan", "Notice"),
    },
    v.Ground: {
        "route": ("Laporan ditujukan langsung ke KPK", "The report was addressed straight to KPK"),
        "approved": ("Disetujui Inspektur", "Approved by the Inspektur"),
        "deadline": ("Tenggat terlewati", "A deadline passed"),
        "objection": ("Keberatan pelapor", "The reporter objected"),
        "conflict": ("Benturan kepentingan", "Conflict of interest"),
        "closed": ("Perkara ditutup", "The case was closed"),
    },
    v.Notice: {
        "status": ("Status berubah", "The status changed"),
        "closed": ("Perkara ditutup", "The case was closed"),
        "withdrawn": ("Pelapor menarik laporan", "The reporter withdrew"),
        "objection": ("Keberatan pelapor", "The reporter objected"),
        "conflict": ("Benturan kepentingan", "Conflict of interest"),
        "evidence_quarantined": ("Bukti dikarantina", "Evidence was quarantined"),
        "evidence_withheld": ("Bukti tidak diserahkan kepada KPK", "Evidence was withheld from KPK"),
        "key_lost": (
            "Kunci laporan di Inspektorat hilang, isinya tidak terbaca lagi",
            "The report's key at the inspectorate is lost, its content can't be read any more",
        ),
    },
    v.DeliveryFault: {
        "unreachable": ("Tidak terhubung", "Out of reach"),
        "refused": ("Ditolak KPK", "Refused by KPK"),
        "receipt_invalid": ("Tanda terima tidak sah", "The receipt is not valid"),
        "content_missing": ("Isi belum lengkap", "Content still missing"),
    },
    v.KpkStatus: {
        "diterima_kpk": ("Diterima KPK", "Received by KPK"),
        "ditelaah_kpk": ("Ditelaah KPK", "Under review at KPK"),
        "ditindaklanjuti_kpk": ("Ditindaklanjuti KPK", "In hand at KPK"),
        "selesai_kpk": ("Selesai di KPK", "Finished at KPK"),
        "dikembalikan_kpk": ("Dikembalikan KPK", "Returned by KPK"),
    },
    v.ConflictSource: {
        "reporter": ("Pelapor", "The reporter"),
        "reader": ("Pembaca di Inspektorat", "A reader at the inspectorate"),
        "kpk": ("KPK", "KPK"),
    },
    v.LetterFault: {
        "not_a_letter": ("Bukan surat", "Not a letter"),
        "too_large": ("Surat terlalu besar", "The letter is too large"),
        "wrong_report": ("Surat untuk laporan lain", "A letter of another report"),
        "wrong_route": ("Surat untuk jalur lain", "A letter of another route"),
        "wrong_purpose": ("Surat untuk keperluan lain", "A letter for another purpose"),
        "wrong_letter_id": ("Nomor surat tidak cocok", "Another letter's id"),
        "wrong_recipients": ("Penerima surat tidak sesuai", "Not the recipients it must have"),
        "wrong_writer": ("Penulis surat tidak berhak", "Not by a writer who may write it"),
        "unopenable": ("Surat tidak dapat dibuka", "The letter can't be opened"),
        "hash_mismatch": ("Isi surat tidak cocok", "The content is not the one named"),
        "bad_signature": ("Tanda tangan tidak sah", "The signature is not valid"),
        "body_not_understood": ("Isi surat tidak dipahami", "The content is not understood"),
    },
    v.Category: {
        "suap": ("Suap", "Bribery"),
        "gratifikasi": ("Gratifikasi", "Gratification"),
        "pungutan_liar": ("Pungutan liar", "Illegal levies"),
        "penggelapan": ("Penggelapan", "Embezzlement"),
        "pengadaan": ("Pengadaan barang dan jasa", "Procurement"),
        "dana_desa": ("Dana Desa", "Village fund"),
        "perjalanan_dinas_fiktif": ("Perjalanan dinas fiktif", "Fictitious official travel"),
        "penyalahgunaan_wewenang": ("Penyalahgunaan wewenang", "Abuse of office"),
        "lainnya": ("Lainnya", "Other"),
    },
    v.Question: {
        "what": ("Apa yang terjadi?", "What happened?"),
        "who": ("Siapa yang terlibat?", "Who took part?"),
        "when": ("Kapan terjadi?", "When was it?"),
        "where": ("Di mana terjadi?", "Where was it?"),
        "why": ("Apa yang mungkin menjadi alasannya?", "What may be the reason?"),
        "how": ("Bagaimana caranya?", "How was it done?"),
        "how_much": ("Berapa kira-kira kerugiannya?", "How large is the loss, about?"),
    },
    v.LossBand: {
        "tidak_tahu": ("Tidak tahu", "Not known"),
        "di_bawah_10_juta": ("Di bawah Rp10 juta", "Under 10 million rupiah"),
        "10_100_juta": ("Rp10 juta sampai Rp100 juta", "10 to 100 million rupiah"),
        "100_juta_1_miliar": ("Rp100 juta sampai Rp1 miliar", "100 million to 1 billion rupiah"),
        "di_atas_1_miliar": ("Di atas Rp1 miliar", "Above 1 billion rupiah"),
    },
}
