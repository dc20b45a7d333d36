/** Where and at which office: the codes that facts may hold. Kecamatan by Kemendagri's codes, offices by our own. */

import type { Words } from "wbs-contracts";

const same = (name: string): Words => ({ id: name, en: name });

export const AREAS: Readonly<Record<string, Words>> = {
  "15.04": { id: "Seluruh kabupaten, atau lebih dari satu kecamatan", en: "The whole regency, or several districts" },
  "15.04.07": same("Bajubang"),
  "15.04.04": same("Batin XXIV"),
  "15.04.08": same("Maro Sebo Ilir"),
  "15.04.06": same("Maro Sebo Ulu"),
  "15.04.01": same("Mersam"),
  "15.04.03": same("Muara Bulian"),
  "15.04.02": same("Muara Tembesi"),
  "15.04.05": same("Pemayung"),
};

export const OFFICES: Readonly<Record<string, Words>> = {
  desa: { id: "Pemerintah desa", en: "A village government" },
  kecamatan: { id: "Kantor camat atau lurah", en: "A district or urban ward office" },
  sekolah: { id: "Sekolah", en: "A school" },
  puskesmas: { id: "Puskesmas atau rumah sakit", en: "A health centre or hospital" },
  setda: { id: "Sekretariat Daerah", en: "Regional secretariat" },
  setwan: { id: "Sekretariat DPRD", en: "Secretariat of the regional council" },
  bappeda: { id: "Bappeda (perencanaan)", en: "Planning agency" },
  bkd: { id: "Badan Keuangan Daerah", en: "Finance agency" },
  bkpsdm: { id: "BKPSDM (kepegawaian)", en: "Personnel agency" },
  bpbd: { id: "BPBD (penanggulangan bencana)", en: "Disaster management agency" },
  disdik: { id: "Dinas Pendidikan dan Kebudayaan", en: "Education and culture office" },
  dinkes: { id: "Dinas Kesehatan", en: "Health office" },
  pupr: { id: "Dinas Pekerjaan Umum dan Penataan Ruang", en: "Public works office" },
  perkim: { id: "Dinas Perumahan dan Kawasan Permukiman", en: "Housing office" },
  dinsos: { id: "Dinas Sosial", en: "Social affairs office" },
  dpmd: { id: "Dinas Pemberdayaan Masyarakat dan Desa", en: "Village empowerment office" },
  dishub: { id: "Dinas Perhubungan", en: "Transport office" },
  dlh: { id: "Dinas Lingkungan Hidup", en: "Environment office" },
  pertanian: { id: "Dinas Pertanian, Perkebunan, Perikanan atau Pangan", en: "Agriculture, fishery or food office" },
  perdagangan: { id: "Dinas Perdagangan, Koperasi dan UKM", en: "Trade and cooperatives office" },
  dpmptsp: { id: "DPMPTSP (perizinan)", en: "Investment and permits office" },
  disdukcapil: { id: "Dinas Kependudukan dan Pencatatan Sipil", en: "Civil registry office" },
  kominfo: { id: "Dinas Komunikasi dan Informatika", en: "Communication office" },
  satpolpp: { id: "Satpol PP dan Damkar", en: "Municipal police and fire service" },
  bumd: { id: "BUMD (perusahaan daerah)", en: "A regional state company" },
  lainnya: { id: "Kantor lain, atau tidak tahu", en: "Another office, or not known" },
};
