/** The tokenizers whose counts are known, in the order of the digits in {@link KOREAN}. */
export const TOKENIZERS = ['o200k', 'cl100k', 'qwen3', 'llama3', 'gemma3'] as const

/** Words that are one token in each of {@link TOKENIZERS}, with a space before and as they begin a sentence. */
export const ENGLISH =
  'the of and to in is that it for was on as with be at by this had not are but from or have ' +
  'an they which one were all we when your can there use each she how their will up other ' +
  'about out many then them these so some her would make like into time has look two more ' +
  'write go see number no way could people my than first water been call who oil its now find ' +
  'long down day did get come made may part over new sound take only little work know place ' +
  'year live me back give most very after thing our just name good man think say great where ' +
  'help through much before line right too mean old any same tell boy follow want show also ' +
  'around form three small set put end does another well large must big even such because ' +
  'turn here why ask men read need land different home us move try kind hand picture again ' +
  'change off play spell air away animal house point page letter mother answer found study ' +
  'still learn should world high every near add food between own below country plant last ' +
  'school father keep tree never start city earth eye light thought head under story left ' +
  'late few while along close something next hard open example begin life always those both ' +
  'paper together got group often run important until children side car night walk white sea ' +
  'grow river four state once book stop without second later miss enough eat face watch far ' +
  'really almost let above girl sometimes mountain cut young talk soon list song being leave ' +
  'family body music color stand sun question fish area mark dog bird problem complete room ' +
  'since ever piece usually friend easy order red door sure become top ship across today ' +
  'during short better best however low hour black product whole measure remember early wave ' +
  'listen wind rock space cover fast several hold five step morning passed true against ' +
  'pattern table north slow money map farm draw voice seen cold plan notice south sing war ' +
  'ground fall king town unit figure certain field travel wood fire upon system service model ' +
  'test result server client request network memory process design method report index value ' +
  'record source'

/** Words and how many tokens each is, with a space before: a digit for each of {@link TOKENIZERS}. */
export const KOREAN =
  '사람13111 시간12111 문제12111 방법13111 생각13111 우리13111 이야기13111 ' +
  '세계14111 나라12111 도시13211 바다22222 하늘23221 아침23212 저녁24222 ' +
  '오늘13111 내일22222 음식13321 물건25222 회사12211 학교14311 학생13311 ' +
  '선생님35321 친구13311 가족14211 아이12111 부모13222 마음12111 사랑13111 ' +
  '건강14211 운동13211 음악14311 영화13111 그림13211 사진12111 여행13111 ' +
  '기차23222 버스22222 거리13221 공원23222 강물25222 산길25322 나무23221 ' +
  '꽃밭35432 바람23211 날씨25322 여름22221 겨울24321 봄날35432 가을22222 ' +
  '시장12211 가게22221 가격13211 돈을23322 일을12111 말을13211 글을23222 ' +
  '책을24222 길을23322 집을23222 물을24222 손을23312 눈을24312 사람이14111 ' +
  '사람은24111 시간을13221 시간이13221 문제를23221 문제는23221 방법을24221 ' +
  '방법은24222 생각을24221 생각이24221 우리는14111 우리가14121 이야기를24221 ' +
  '세계의25222 나라의23222 도시의24322 오늘은24221 회사는23222 회사의23322 ' +
  '학교에서25422 학생은24422 학생들이25421 친구와24422 가족과25322 아이들이24222 ' +
  '마음을23222 마음이23222 건강을25322 음악을25422 영화를24222 사진을23222 ' +
  '여행을24222 거리를24222 공원에서34332 날씨가36433 시장에서23322 가격이24322 ' +
  '서비스13111 서비스를14221 시스템15311 시스템을26422 모델13211 모델을24322 ' +
  '모델이24322 데이터11111 데이터를12221 서버12211 서버가23322 서버를23322 ' +
  '네트워크36531 메모리34332 프로그램14311 컴퓨터26121 기술14211 기술을25322 ' +
  '연구12111 연구를23222 결과11111 결과를22221 결과가22222 과정13311 과정을24421 ' +
  '이유13111 이유는24221 의미13111 의미를24222 경우11111 경우에22222 관계13211 ' +
  '관계를24322 변화12111 변화를23222 영향을16311 역할을24331 정보11111 정보를12221 ' +
  '자료를23322 기록을23322 내용을13221 질문13111 질문에24222 대답을34323 ' +
  '설명을23221 비교를24222 계획을25322 목표를25332 기준을24322 환경13311 ' +
  '환경을24422 사회12111 사회의23222 경제12211 경제는23322 정부12211 정부는23322 ' +
  '국가14111 역사13111 역사를24222 문화12211 문화를23322 교육15211 교육을26322 ' +
  '과학24321 과학을35432 그리고13111 그러나13111 하지만13111 그래서13111 또한14111 ' +
  '매우13111 아주12111 가장12111 많은13111 좋은13111 새로운15111 중요한13111 ' +
  '다른12111 모든12111 같은12111 작은12111 넓은33332 높은14411 오래된23332 ' +
  '함께14111 다시12111 이미11111 아직13111 항상13121 자주22221 조금13111 ' +
  '먼저15111 나중에34322 지금13111 여기12111 거기23221 때문에13111 위해12111 ' +
  '위한12111 통해13111 대해12111 대한12111 따라13111 의해13111 있는11111 ' +
  '없는12111 하는12111 되는12211 있다11111 없다12111 한다12111 된다13111 ' +
  '했다13311 보았다24222 말했다15211 생각한다24222 필요하다24222 중요하다24221 ' +
  '가능하다23221 시작했다24222 만들었다24222 알려진25222 사용하는12221 사용한22222 ' +
  '나타난25222 발견한24222 설명한23222 준비한24222 도착한35332 바라본24322 ' +
  '기다린24322 만나는23222 배우는23322 읽는23322 쓰는24421 듣는23322 걷는33333 ' +
  '달리는24322'
