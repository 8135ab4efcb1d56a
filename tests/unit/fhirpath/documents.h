/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents that the tests of FHIRPath ask about. */
#ifndef TESTS_FHIRPATH_DOCUMENTS_H
#define TESTS_FHIRPATH_DOCUMENTS_H

static const char PATIENT[] =
    "{\"resourceType\":\"Patient\",\"id\":\"p1\","
    "\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o1\",\"name\":\"CHU Ibn Sina\"}],"
    "\"extension\":[{\"url\":\"http://example.org/a\",\"valueString\":\"one\"},"
    "{\"url\":\"http://example.org/b\",\"valueInteger\":2}],"
    "\"identifier\":[{\"system\":\"urn:cin\",\"value\":\"AB1\"}],"
    "\"active\":true,"
    "\"name\":[{\"use\":\"official\",\"family\":\"Alaoui\",\"given\":[\"Fatima\",\"Zahra\"]},"
    "{\"use\":\"usual\",\"given\":[\"Fati\",null],\"_given\":[null,{\"id\":\"g2\"}]},"
    "{\"use\":\"maiden\",\"family\":\"Alaoui\"}],"
    "\"telecom\":[{\"system\":\"phone\",\"value\":\"0612\",\"rank\":2},"
    "{\"system\":\"email\",\"value\":\"f@x.ma\"}],"
    "\"gender\":\"female\",\"birthDate\":\"1974-12-25\","
    "\"_birthDate\":{\"extension\":[{\"url\":\"http://example.org/time\","
    "\"valueDateTime\":\"1974-12-25T14:35:45-05:00\"}]},"
    "\"deceasedBoolean\":false,\"multipleBirthInteger\":1,"
    "\"managingOrganization\":{\"reference\":\"#o1\"},"
    "\"generalPractitioner\":[{\"reference\":\"Practitioner/7\"},{\"reference\":\"urn:uuid:1\"},"
    "{\"type\":\"Organization\",\"identifier\":{\"value\":\"i\"}}]}";

static const char OBSERVATION[] =
    "{\"resourceType\":\"Observation\",\"status\":\"final\","
    "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"29463-7\"},"
    "{\"system\":\"urn:x\",\"code\":\"w\"}]},"
    "\"subject\":{\"reference\":\"https://x.ma/fhir/Patient/9/_history/2\"},"
    "\"effectiveDateTime\":\"2024-05\","
    "\"valueQuantity\":{\"value\":185.00,\"unit\":\"lbs\",\"system\":\"http://unitsofmeasure.org\","
    "\"code\":\"[lb_av]\"},"
    "\"component\":[{\"code\":{\"text\":\"a\"},\"valueQuantity\":{\"value\":1.5,\"code\":\"g\"}},"
    "{\"code\":{\"text\":\"b\"},\"valueString\":\"x\\ny\"},"
    "{\"code\":{\"text\":\"c\"},\"_valueCode\":{\"id\":\"q\"},\"valueQuantity\":{\"value\":1500,"
    "\"code\":\"mg\"}}]}";

static const char QUESTIONNAIRE[] =
    "{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":["
    "{\"linkId\":\"1\",\"type\":\"group\",\"item\":[{\"linkId\":\"1.1\",\"type\":\"string\","
    "\"item\":["
    "{\"linkId\":\"1.1.1\",\"type\":\"string\"}]},{\"linkId\":\"1.2\",\"type\":\"boolean\"}]},"
    "{\"linkId\":\"2\",\"type\":\"display\",\"enableWhen\":[{\"question\":\"1.2\",\"operator\":"
    "\"exists\","
    "\"answerBoolean\":true}]}]}";

#endif
