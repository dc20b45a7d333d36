"""Where and at which office: the codes that facts may hold, with the words that people read for them.

Kecamatan by Kemendagri's codes, offices by our own. They are to be confirmed by the Inspektorat.
"""

from contracts.words import Words

AREAS: dict[str, Words] = {
    "15.04": Words("Seluruh kabupaten, atau lebih dari satu kecamatan", "The whole regency, or several districts"),
    "15.04.07": Words("Bajubang", "Bajubang"),
    "15.04.04": Words("Batin XXIV", "Batin XXIV"),
    "15.04.08": Words("Maro Sebo Ilir", "Maro Sebo Ilir"),
    "15.04.06": Words("Maro Sebo Ulu", "Maro Sebo Ulu"),
    "15.04.01": Words("Mersam", "Mersam"),
    "15.04.03": Words("Muara Bulian", "Muara Bulian"),
    "15.04.02": Words("Muara Tembesi", "Muara Tembesi"),
    "15.04.05": Words("Pemayung", "Pemayung"),
}

OFFICES: dict[str, Words] = {
    "desa": Words("Pemerintah desa", "A village government"),
    "kecamatan": Words("Kantor camat atau lurah", "A district or urban ward office"),
    "sekolah": Words("Sekolah", "A school"),
    "puskesmas": Words("Puskesmas atau rumah sakit", "A health centre or hospital"),
    "setda": Words("Sekretariat Daerah", "Regional secretariat"),
    "setwan": Words("Sekretariat DPRD", "Secretariat of the regional council"),
    "bappeda": Words("Bappeda (perencanaan)", "Planning agency"),
    "bkd": Words("Badan Keuangan Daerah", "Finance agency"),
    "bkpsdm": Words("BKPSDM (kepegawaian)", "Personnel agency"),
    "bpbd": Words("BPBD (penanggulangan bencana)", "Disaster management agency"),
    "disdik": Words("Dinas Pendidikan dan Kebudayaan", "Education and culture office"),
    "dinkes": Words("Dinas Kesehatan", "Health office"),
    "pupr": Words("Dinas Pekerjaan Umum dan Penataan Ruang", "Public works office"),
    "perkim": Words("Dinas Perumahan dan Kawasan Permukiman", "Housing office"),
    "dinsos": Words("Dinas Sosial", "Social affairs office"),
    "dpmd": Words("Dinas Pemberdayaan Masyarakat dan Desa", "Village empowerment office"),
    "dishub": Words("Dinas Perhubungan", "Transport office"),
    "dlh": Words("Dinas Lingkungan Hidup", "Environment office"),
    "pertanian": Words("Dinas Pertanian, Perkebunan, Perikanan atau Pangan", "Agriculture, fishery or food office"),
    "perdagangan": Words("Dinas Perdagangan, Koperasi dan UKM", "Trade and cooperatives office"),
    "dpmptsp": Words("DPMPTSP (perizinan)", "Investment and permits office"),
    "disdukcapil": Words("Dinas Kependudukan dan Pencatatan Sipil", "Civil registry office"),
    "kominfo": Words("Dinas Komunikasi dan Informatika", "Communication office"),
    "satpolpp": Words("Satpol PP dan Damkar", "Municipal police and fire service"),
    "bumd": Words("BUMD (perusahaan daerah)", "A regional state company"),
    "lainnya": Words("Kantor lain, atau tidak tahu", "Another office, or not known"),
}


def area_words(code: str) -> Words:
    """Give the words for an area; for a code that isn't listed, as a desa's, those of its kecamatan with the code."""
    if code in AREAS:
        return AREAS[code]
    kecamatan = AREAS.get(".".join(code.split(".")[:3]))
    return Words(f"{kecamatan.id} ({code})", f"{kecamatan.en} ({code})") if kecamatan else Words(code, code)


def office_words(code: str) -> Words:
    """Give the words for an office (SKPD), or the code itself where it isn't listed."""
    return OFFICES.get(code, Words(code, code))


def all_places() -> dict[str, dict[str, dict[str, str]]]:
    """Give areas and offices for the TypeScript half, which reads them as they stand."""
    return {
        name: {code: {"id": words.id, "en": words.en} for code, words in places.items()}
        for name, places in (("areas", AREAS), ("offices", OFFICES))
    }
