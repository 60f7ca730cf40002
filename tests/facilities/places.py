"""A dozen facilities around Gubeng in Surabaya, as a file and loaded."""

from pathlib import Path
from tempfile import TemporaryDirectory

from jkn.facilities.imports import import_file
from jkn.imports import Report
from tests.regions.places import load_regions

HEADER = "kode_faskes,nama,tipe,jenjang,kode_kabupaten,alamat,telepon,lat,lon,tanda_koordinat\n"
FACILITIES = (
    HEADER
    + """\
0217B005,Klinik Prameswari,Klinik Pratama,FKTP,35.78,Jl. Gubeng Kertajaya Vc / 24,031-5012345,-7.2720,112.7550,
0217B055,Klinik Mediska Gubeng,Klinik Pratama,FKTP,35.78,Jl. Indrakila No. 2,,-7.2600,112.7600,
13010101,Pacar Keling,Puskesmas,FKTP,35.78,Jl. Jolotundo Baru III Kec. Gubeng,,-7.2650,112.7570,
13010102,Jagir,Puskesmas,FKTP,35.78,Jl. Bendul Merisi No. 1,,-7.3060,112.7420,
13010103,Gading,Puskesmas,FKTP,35.78,Jl. Kapas Lor,,,,
0217B099,Klinik Salah Pin,Klinik Pratama,FKTP,35.78,Jl. Jagir 5,,-1.0000,120.0000,jauh
0217G001,drg. Ani,Dokter Gigi,FKTP,35.78,Jl. Gubeng Raya 1,,-7.2710,112.7540,
1301R001,RSUD dr. Soetomo,Rumah Sakit,FKRTL,35.78,Jl. Mayjen Moestopo Gubeng,,-7.2680,112.7580,
0217A001,Apotek Gubeng,Apotek,PENUNJANG,35.78,Jl. Gubeng 2,,-7.2710,112.7540,
13020101,Waru,Puskesmas,FKTP,35.15,Jl. Raya Waru,,-7.3550,112.7290,
0218B001,Klinik Gubeng Jaya,Klinik Pratama,FKTP,35.15,Jl. Pahlawan Sidoarjo,,-7.4470,112.7170,
11010101,Delanggu,Puskesmas,FKTP,33.10,Jl. Raya Delanggu,,-7.6200,110.6900,
"""
)
GUBENG = "35.78.08.1001"


def load_facilities(text: str = FACILITIES) -> None:
    load_regions()
    with TemporaryDirectory() as folder:
        path = Path(folder, "faskes.csv")
        path.write_text(text)
        import_file(path, Report())
